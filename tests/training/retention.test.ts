import { expect, test } from 'bun:test'
import type { VersionInfo } from '../../src/store/store.ts'
import { versionsToPrune, type Retention } from '../../src/training/retention.ts'

/** Versions 1, 2, … of 10 bytes, each made of the one before; the named one serves. */
function versions(
  count: number,
  active: number | undefined,
  parent = String((active ?? 0) - 1),
): VersionInfo[] {
  return Array.from({ length: count }, (_, index) => ({
    project: '1',
    id: String(index + 1),
    files: [{ path: 'model.onnx', bytes: 10, sha256: '' }],
    metrics: {},
    fingerprint: '',
    parent: index + 1 === active ? parent : undefined,
    job: undefined,
    createdAt: index,
    heldBack: undefined,
    isActive: index + 1 === active,
  }))
}

const pruned = (all: readonly VersionInfo[], retention: Retention) =>
  versionsToPrune(all, retention).map(({ id }) => id)

test('without a limit all are kept', () => {
  expect(pruned(versions(50, 50), {})).toEqual([])
})

test('the newest are kept, the oldest go', () => {
  expect(pruned(versions(5, 5), { keepVersions: 3 })).toEqual(['1', '2'])
  expect(pruned(versions(5, 5), { keepBytes: 30 })).toEqual(['1', '2'])
  expect(pruned(versions(5, 5), { keepVersions: 4, keepBytes: 30 })).toEqual(['1', '2'])
})

test('the one that serves and its parent stay, whatever their age and the limit', () => {
  expect(pruned(versions(5, 2, '1'), { keepVersions: 3 })).toEqual(['3', '4'])
  expect(pruned(versions(5, 5, '2'), { keepVersions: 1 })).toEqual(['1', '3', '4'])
  expect(pruned(versions(5, 5, '2'), { keepBytes: 0 })).toEqual(['1', '3', '4'])
})

test('where the backend’s own version serves, the newest are kept', () => {
  expect(pruned(versions(4, undefined), { keepVersions: 2 })).toEqual(['1', '2'])
})
