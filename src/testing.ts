/** For the tests of a backend: without HTTP, without Label Studio. */
export { type FakeSession, fakeSession, type FakeSessionOptions, type Feeds } from './testing/fake-session.ts'
export { testBackend, type TestBackendOptions, type TestedBackend } from './testing/test-backend.ts'
