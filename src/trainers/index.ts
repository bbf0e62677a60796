/**
 * Training with a program of your own: see `trainWith`.
 *
 * @module
 */
export type { DatasetFormat } from '../datasets/write-dataset.ts'
export type { TrainerCommand } from './fill-command.ts'
export { findTrainedModel, type TrainedModel } from './trained-model.ts'
export { type TrainedWith, trainWith, type TrainWithOptions } from './train-with.ts'
