import tseslint from 'typescript-eslint';

/** Reads of the environment, the clock or chance, none of which deployed code may make outside its runtime. */
const impureGlobals = [
  { name: 'process', message: 'The environment comes with the Runtime.' },
  { name: 'setTimeout', message: 'Time comes with the Runtime, so that it can be virtual.' },
  { name: 'setInterval', message: 'Time comes with the Runtime, so that it can be virtual.' },
  { name: 'console', message: 'Logging comes with the Runtime.' },
];
const impureProperties = [
  { object: 'Date', property: 'now', message: 'Time is handed in, so that it can be virtual.' },
  { object: 'Math', property: 'random', message: 'Randomness is handed in, so that a run can be replayed.' },
  { object: 'crypto', property: 'randomUUID', message: 'Randomness is handed in, so that a run can be replayed.' },
];
const impureSyntax = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Time is handed in, so that it can be virtual.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      '**/*.cjs',
      '**/*.mjs',
      '**/*.js',
      'cdk.out/',
      'coverage/',
      '.holdfast/',
      '.holdfast-interop/',
      '.stryker/',
      // Generated: `npm run api-types`.
      'cli/api/schema.d.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.{ts,tsx}'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      complexity: ['error', 15],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An element known to be there is asserted: with noUncheckedIndexedAccess the alternative is dead code.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An async method without await still turns a throw into a rejection, which is what a port promises.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['domain/**/*.ts', 'lambdas/**/*.ts'],
    ignores: ['lambdas/runtime.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-syntax': ['error', ...impureSyntax],
    },
  },
  {
    files: ['console/**/*.tsx'],
    rules: {
      // A component is mostly markup.
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 20],
      // An event handler that returns early with the call that ends it.
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    files: ['infra/**/*.ts'],
    rules: {
      // A CDK construct does its work by being made.
      'no-new': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A describe block is a list of tests, not a function that does one thing.
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // Templates and recorded calls are JSON of unknown shape: the assertion is the check.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
