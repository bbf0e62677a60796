import type { Image, Page, Region } from '../../src/index.ts'
import type { Finder, LabeledPlace } from './finders.ts'
import { lookAt } from './learn/looks.ts'
import { shownAt, toRegions } from './to-regions.ts'
import { bestScores, choose } from './whole-image.ts'

/** The regions of a page, for all control tags of a finder, in their order. */
export async function predictPage(finder: Finder, image: Image, page: Page): Promise<readonly Region[]> {
  const { model, places } = finder
  const { classes } = model
  if ('classify' in model) {
    const scores = await model.classify(image)
    return places.flatMap((place) => chooseAt(place, classes, scores))
  }
  const [detections = []] = await model.detect([image])
  const looks = await lookAt(finder, image, detections)
  return places.flatMap((place) =>
    place.kind === 'choices'
      ? chooseAt(place, classes, bestScores(detections, classes))
      : shownAt(place, detections, classes, looks).flatMap((shown) => toRegions(place, page, shown)),
  )
}

function chooseAt(
  place: LabeledPlace,
  classes: readonly string[],
  scores: ArrayLike<number>,
): readonly Region[] {
  return place.found.tag === 'Choices' ? choose(place.found, place, classes, scores) : []
}
