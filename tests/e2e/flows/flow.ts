import { test } from 'bun:test'
import type { Release } from '../label-studio/find.ts'
import type { LabelStudio } from '../label-studio/start.ts'
import type { Recorder } from '../recorder/start.ts'

/** What the flows of one release share. */
export interface Flow {
  readonly release: Release
  readonly studio: LabelStudio
  /** Version 1.0.0, without a password. */
  readonly recorder: Recorder
  /** A folder that Label Studio may serve files from. */
  readonly localFiles: string
}

/** What old releases lack, or do in another way. */
const FEATURES = [
  'personal access tokens',
  'fields for basic auth',
  'predictions in the label stream',
  'prediction in the first answer',
  'local files for tokens',
  'filter for predicted tasks',
  'START_TRAINING',
] as const
type Feature = (typeof FEATURES)[number]

const LACKS: Readonly<Record<string, readonly Feature[]>> = { '1.7.3': FEATURES }

export const has = ({ version }: Release, feature: Feature): boolean => !LACKS[version]?.includes(feature)

/** `test`, which is skipped, and says so, in releases without a feature. */
export function testWith(release: Release, feature: Feature) {
  return (name: string, run: () => Promise<void>) =>
    test.skipIf(!has(release, feature))(
      has(release, feature) ? name : `${name} (skipped: ${release.version} has no ${feature})`,
      run,
    )
}

/** `test` for what releases did before they had a feature. */
export function testWithout(release: Release, feature: Feature) {
  return (name: string, run: () => Promise<void>) => {
    if (!has(release, feature)) test(`${name} (it has no ${feature})`, run)
  }
}

export const TEXT = `<View>
  <Text name="text" value="$text"/>
  <Choices name="topic" toName="text"><Choice value="Billing"/><Choice value="Delivery"/></Choices>
</View>`

export const PAGE = `<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image" smart="true"><Label value="Word"/></RectangleLabels>
</View>`

export const TEXT_OF_PAGE = PAGE.replace('</View>', '  <TextArea name="reading" toName="image"/>\n</View>')

/** Tasks for `TEXT`. */
export const texts = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, index) => ({ data: { text: `text ${index}` } }))
