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

/** What an old release lacks, or does in another way. */
const LACKS: Readonly<Record<string, readonly string[]>> = {
  '1.7.3': [
    'personal access tokens',
    'fields for basic auth',
    'predictions in the label stream',
    'prediction in the first answer',
    'local files for tokens',
    'filter for predicted tasks',
    'START_TRAINING',
  ],
}

export const has = ({ version }: Release, feature: string): boolean => !LACKS[version]?.includes(feature)

/** `test`, which is skipped, and says so, in releases without a feature. */
export function testWith(release: Release, feature: string) {
  return (name: string, run: () => Promise<void>) =>
    test.skipIf(!has(release, feature))(
      has(release, feature) ? name : `${name} (skipped: ${release.version} has no ${feature})`,
      run,
    )
}

/** `test` for what releases did before they had a feature. */
export function testWithout(release: Release, feature: string) {
  return (name: string, run: () => Promise<void>) => {
    if (!has(release, feature))
      test(`${name} (no ${feature} before ${LACKS[release.version]?.[feature]})`, run)
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
