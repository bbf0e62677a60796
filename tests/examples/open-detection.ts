import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import detection from '../../examples/detection/backend.ts'
import { createCanvas } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import type { Region } from '../../src/protocol/result.ts'
import type { Task } from '../../src/protocol/task.ts'
import { type TestBackendOptions, type TestedBackend, testBackend } from '../../src/testing.ts'
import { listModel } from '../vision/detection/list-model.ts'

export const sample = resolve(import.meta.dir, '../../examples/detection/sample')
export const white = `data:image/png;base64,${Buffer.from(await encodePng(createCanvas(100, 100, [255, 255, 255]))).toString('base64')}`
/** A white picture of 100 × 100. */
export const task: Task = { id: 1, data: { image: white } }

/** Two cars, a person and a bicycle, in COCO's numbers, on whatever it is shown. */
export function streetModel(): Uint8Array {
  return listModel([
    [10, 20, 30, 40, 0.9, 2],
    [50, 60, 70, 80, 0.6, 2],
    [40, 10, 45, 30, 0.8, 0],
    [0, 0, 9, 9, 0.7, 1],
  ])
}

/** @returns the path of the new file */
export function save(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The example for these control tags of an image. */
export function openDetection(
  controls: string,
  params: Readonly<Record<string, unknown>> = {},
  options: Pick<TestBackendOptions, 'log' | 'settings'> = {},
): Promise<TestedBackend> {
  const labelConfig = `<View><Image name="image" value="$image"/>${controls}</View>`
  return testBackend(detection, { labelConfig, params, ...options })
}

/** @param drawn what a smart tool sends */
export async function predictOne(
  tested: TestedBackend,
  given: Task = task,
  drawn?: readonly object[],
): Promise<readonly Region[]> {
  const [prediction] = await tested.predict([given], drawn && { context: { result: drawn } })
  return (prediction?.result ?? []).filter((item): item is Region => 'value' in item)
}

/** The regions of one white picture. */
export async function regionsOf(
  controls: string,
  params: Readonly<Record<string, unknown>>,
): Promise<readonly Region[]> {
  await using tested = await openDetection(controls, params)
  // Awaited here: the backend is closed when this ends.
  return await predictOne(tested)
}
