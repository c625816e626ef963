// @ts-check
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Dependencies between the folders of src/ run one way: each folder may import from the folders named here and from
 * itself. Nothing but the entry of its own process imports `runner`.
 */
const MAY_IMPORT = {
  base: [],
  processes: ['base'],
  sockets: ['base', 'processes'],
  protocol: ['base', 'processes', 'sockets'],
  'log/store': ['base'],
  'log/render': ['base', 'log/store'],
  'log/read': ['base', 'log/store', 'log/render'],
  'log/search': ['base', 'log/store', 'log/render', 'log/read'],
  runner: ['base', 'processes', 'sockets', 'protocol', 'log/store'],
  policy: ['base'],
  jobs: [
    'base',
    'processes',
    'sockets',
    'protocol',
    'log/store',
    'log/render',
    'log/read',
    'log/search',
    'policy',
  ],
  mcp: ['base', 'sockets', 'protocol', 'log/store', 'log/render', 'log/read', 'log/search', 'policy', 'jobs'],
  cli: ['base', 'policy', 'jobs', 'mcp'],
  ui: ['base', 'protocol', 'log/store', 'log/render', 'log/read', 'policy', 'jobs'],
};
const FOLDERS = Object.keys(MAY_IMPORT);

/** Packages and the folders that may import them. */
const OWNERS = {
  vscode: ['ui'],
  '@modelcontextprotocol/*': ['mcp'],
  zod: ['mcp'],
  'eventsource-parser': ['mcp'],
  'vscode-jsonrpc*': ['protocol', 'runner', 'jobs'],
  unbash: ['policy'],
};

const boundaries = FOLDERS.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other)).map(
            (other) => ({
              // Within log/ a sibling is imported as '../read/…'.
              group: [`**/${folder.startsWith('log/') ? other.replace('log/', '') : other}/**`],
              message: `src/${folder} must not depend on src/${other} (see docs/architecture.md).`,
            }),
          ),
          ...(folder === 'policy'
            ? []
            : [
                {
                  regex: '/policy/(?!command-policy\\.ts$)',
                  message: 'Import src/policy/command-policy.ts.',
                },
              ]),
          ...Object.entries(OWNERS)
            .filter(([, owners]) => !owners.includes(folder))
            .map(([name, owners]) => ({
              group: [name, `${name}/**`],
              message: `Only src/${owners.join(', src/')} may.`,
            })),
        ],
      },
    ],
  },
}));

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Interfaces of several systems are async because one of them is.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // node:test's describe() and it() return promises that its runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      // A line that is needed and a comment that says why is better than a cast that says nothing.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  ...boundaries,
);
