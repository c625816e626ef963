import type { IConfiguration } from 'dependency-cruiser';

/**
 * Dependencies between the folders of src/ run one way: each folder may import from the folders named here and from
 * itself. No folder imports `runner`.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  processes: ['base'],
  sockets: ['base', 'processes'],
  protocol: ['base', 'processes', 'sockets'],
  'log/store': ['base'],
  'log/render': ['base', 'log/store'],
  'log/read': ['base', 'log/store', 'log/render'],
  'log/search': ['base', 'log/store', 'log/render', 'log/read'],
  runner: ['base', 'processes', 'sockets', 'protocol', 'log/store', 'log/render'],
  policy: ['base'],
  problems: ['base', 'protocol', 'log/store', 'log/render', 'log/read'],
  jobs: ['base', 'processes', 'sockets', 'protocol', 'log', 'policy', 'problems'],
  mcp: ['base', 'sockets', 'protocol', 'log', 'policy', 'problems', 'jobs'],
  pages: ['mcp/card', 'ui/details'],
  cli: ['base', 'policy', 'jobs', 'mcp'],
  ui: ['base', 'protocol', 'log/store', 'log/render', 'log/read', 'policy', 'problems', 'jobs'],
};

/** The folders of src/jobs, lowest first. Each may import from those before it, and src/jobs itself from all of them. */
const JOBS_LAYERS = ['runners', 'records', 'output', 'start', 'input', 'wait', 'watch'].map(
  (name) => `jobs/${name}`,
);

/** Packages and the folders that may import them. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  vscode: ['ui'],
  '@modelcontextprotocol': ['mcp'],
  zod: ['mcp'],
  'eventsource-parser': ['mcp'],
  'vscode-jsonrpc': ['protocol', 'runner', 'jobs'],
  unbash: ['policy'],
};

const within = (folders: readonly string[]): string => `^src/(${folders.join('|')})/`;

const TESTS = '[.]test[.]ts$';

const walls = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import from: ${others.join(', ') || 'no other folder'} (docs/architecture.md).`,
  severity: 'error' as const,
  from: { path: within([folder]), pathNot: TESTS },
  to: { path: '^src/', pathNot: within([folder, ...others]) },
}));

const layers = JOBS_LAYERS.map((folder, at) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import from these folders of src/jobs: ${JOBS_LAYERS.slice(0, at).join(', ') || 'none'}.`,
  severity: 'error' as const,
  from: { path: within([folder]), pathNot: TESTS },
  to: { path: '^src/jobs/', pathNot: within(JOBS_LAYERS.slice(0, at + 1)) },
}));

const owners = Object.entries(OWNERS).map(([name, folders]) => ({
  name: `${name}-owners`,
  comment: `Only src/${folders.join(', src/')} may import ${name}.`,
  severity: 'error' as const,
  from: { path: '^src/.+/', pathNot: [within(folders), TESTS] },
  to: { path: `(^|node_modules/(@types/)?)${name}(/|$)` },
}));

const config: IConfiguration = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that import each other cannot be understood, loaded or tested alone. Types count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'policy-door',
      comment: 'Other folders import src/policy/command-policy.ts and no other file of src/policy.',
      severity: 'error',
      from: { path: '^src/', pathNot: [within(['policy']), TESTS] },
      to: { path: within(['policy']), pathNot: '/command-policy[.]ts$' },
    },
    ...walls,
    ...layers,
    ...owners,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    cache: { folder: 'node_modules/.cache/dependency-cruiser' },
  },
};

export default config;
