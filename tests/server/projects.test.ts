import { expect, test } from 'bun:test'
import { createProjects, parseProjectId } from '../../src/server/projects.ts'

const versions = { current: () => ({ version: '1.0', trainOutput: undefined, files: undefined }) }

test.each([
  ['12.1718021542', '12'],
  ['12', '12'],
  ['my-project_1', 'my-project_1'],
  [null, 'default'],
  [undefined, 'default'],
])('the key %j is of the project %j', (key, id) => {
  expect(parseProjectId(key)).toBe(id)
})

test.each(['', '.', '..', '../x', 'a/b', 'a b', '\n', 'x'.repeat(65)])('%j is no project key', (key) => {
  expect(() => parseProjectId(key)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
})

test('of a great many projects, those told of longest ago are forgotten', () => {
  const projects = createProjects(versions)
  projects.remember('kept', { labelConfig: 'kept' })
  projects.remember('forgotten', { labelConfig: 'forgotten' })
  for (let id = 1; id < 1_000; id++) {
    projects.remember('kept', { labelConfig: 'kept' })
    projects.remember(String(id), { labelConfig: '<View/>' })
  }
  expect(projects.input('kept').labelConfig).toBe('kept')
  expect(projects.input('999').labelConfig).toBe('<View/>')
  expect(projects.input('forgotten').labelConfig).toBe('')
})

test('a renewed labeling config keeps the rest, and later setups replace all', () => {
  const projects = createProjects(versions)
  projects.remember('1', { labelConfig: 'a', url: 'http://h', token: 't', extraParams: '{"x": 1}' })
  projects.updateLabelConfig('1', 'b')
  expect(projects.input('1')).toMatchObject({
    labelConfig: 'b',
    labelStudio: { url: 'http://h', token: 't' },
    extraParams: { x: 1 },
  })
  projects.remember('1', { labelConfig: 'c' })
  expect(projects.input('1')).toMatchObject({ labelConfig: 'c', labelStudio: {}, extraParams: {} })
})
