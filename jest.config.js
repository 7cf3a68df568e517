// Four projects, fastest first: pure code, templates, the local cloud's services, real clients end to end.
const shared = {
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{architecture,bench,cli,core,docs,lambdas,simulation}/**/*.test.ts'],
    },
    { ...shared, displayName: 'template', testMatch: ['<rootDir>/test/lib/**/*.test.ts'] },
    { ...shared, displayName: 'local', testMatch: ['<rootDir>/test/local/**/*.test.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
  testTimeout: 30_000,
};
