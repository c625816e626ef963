import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getL10nJson } from '@vscode/l10n-dev';
import { listFiles, PackageManager } from '@vscode/vsce';
import { LIMITS, type Limits } from '../src/jobs/records/limits.ts';
import {
  COMMANDS,
  CONTEXT_FLAGS,
  CONTEXT_KEYS,
  CONTEXT_VALUES,
  LIMIT_SETTINGS,
  MCP_PROVIDER,
  NOTIFIED_JOBS,
  OTHER_SETTINGS,
  OUTPUT_VIEWS,
  SETTINGS_SECTION,
  VIEWS,
} from '../src/ui/contributions.ts';
import { INTERPRETERS } from '../src/ui/start/script-file.ts';

const root = join(import.meta.dirname, '..');

interface MenuItem {
  readonly command: string;
  readonly when: string;
}

interface Manifest {
  readonly icon: string;
  readonly l10n: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly MenuItem[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly markdown: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly mcpServerDefinitionProviders: readonly { readonly id: string; readonly label: string }[];
  };
}

interface Setting {
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly enumItemLabels?: readonly string[];
  readonly description: string;
}

const source = readFileSync(join(root, 'package.json'), 'utf8');
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
/** The manifest with its strings inserted. */
const manifest = JSON.parse(
  source.replaceAll(/"%([\w.]+)%"/g, (_, key: string) => JSON.stringify(strings[key])),
) as Manifest;
const { contributes } = manifest;
const commands: readonly string[] = Object.values(COMMANDS);

test('declares exactly the commands that the code has', () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commands].sort());
});

test('keeps every visible string in package.nls.json, and uses all of them', () => {
  const used = [...source.matchAll(/"%([\w.]+)%"/g)].map(([, key = '']) => key);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(strings).sort());
  for (const [, text = ''] of source.matchAll(/"(?:title|description|contents)": "([^"]*)"/g)) {
    assert.match(text, /^%.*%$/);
  }
});

test('registers every command once', () => {
  const folder = join(root, 'src', 'ui');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const registered = files.flatMap((name) =>
    [
      ...readFileSync(join(folder, name), 'utf8').matchAll(/(?:\bregister\(\s*|\[)COMMANDS\.(\w+)(?:,|\]:)/g),
    ].map(([, key = '']) => key),
  );
  assert.deepEqual(registered.sort(), Object.keys(COMMANDS).sort());
});

test('offers to run files with a known interpreter in the Explorer', () => {
  const item = contributes.menus['explorer/context']!.find(({ command }) => command === COMMANDS.runFile);
  const [, pattern = '', flags] = /resourceExtname =~ \/(.+)\/(\w*)/.exec(item!.when)!;
  const offered = new RegExp(pattern, flags);
  for (const extension of Object.keys(INTERPRETERS)) assert.match(extension, offered);
  const count = /\(([^)]+)\)/.exec(pattern)![1]!.split('|').length;
  assert.equal(count, Object.keys(INTERPRETERS).length);
});

/** All values of `viewItem`: each beginning alone, and with each of its flags. */
const ROW_VALUES = Object.values(CONTEXT_VALUES).flatMap((value) => [
  value,
  ...(value === CONTEXT_VALUES.running ? Object.values(CONTEXT_FLAGS).map((flag) => `${value}${flag}`) : []),
]);

/** Returns the conditions on `viewItem` in a `when` clause. */
function viewItems(when: string): ((value: string) => boolean)[] {
  const equal = [...when.matchAll(/viewItem == (\S+)/g)].map(
    ([, wanted]) =>
      (value: string) =>
        value === wanted,
  );
  const matching = [...when.matchAll(/viewItem =~ \/(.+?)\/(?= |$)/g)].map(
    ([, pattern = '']) =>
      (value: string) =>
        new RegExp(pattern).test(value),
  );
  return [...equal, ...matching];
}

test('uses only existing commands, views and context keys in menus, keybindings and the welcome view', () => {
  const items = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
  for (const { command, when } of items) {
    assert.ok(commands.includes(command), command);
    for (const [, view = ''] of when.matchAll(/(?:view|focusedView) == (\S+)/g))
      assert.ok(Object.values<string>(VIEWS).includes(view), view);
    for (const matches of viewItems(when)) assert.ok(ROW_VALUES.some(matches), when);
    for (const [key] of when.matchAll(/\bbackgroundJobs\.[\w.]+/g)) {
      const known = [...Object.values<string>(VIEWS), ...Object.values<string>(CONTEXT_KEYS)];
      assert.ok(known.includes(key), key);
    }
  }
  const conditions = items.map(({ when }) => when).join('\n');
  for (const value of Object.values(CONTEXT_KEYS)) assert.ok(conditions.includes(value), `${value} is used`);
  for (const flag of Object.values(CONTEXT_FLAGS))
    assert.ok(conditions.includes(`\\${flag}/`), `${flag} is used`);
  for (const value of ROW_VALUES) {
    const commandsOfRow = items.filter(({ when }) => viewItems(when).some((matches) => matches(value)));
    assert.ok(commandsOfRow.length > 0, `${value} has commands`);
  }
  const views = Object.values(contributes.views).flat();
  assert.deepEqual(
    views.map(({ id }) => id),
    Object.values(VIEWS),
  );
  for (const { view, contents } of contributes.viewsWelcome) {
    assert.ok(views.some(({ id }) => id === view));
    for (const [, command = ''] of contents.matchAll(/\(command:([^)]+)\)/g))
      assert.ok(commands.includes(command), command);
  }
});

test('declares the settings of the code, with its defaults and bounds', () => {
  const { properties } = contributes.configuration;
  const names = [...Object.values(LIMIT_SETTINGS), ...Object.values(OTHER_SETTINGS)];
  assert.deepEqual(Object.keys(properties).sort(), names.map((name) => `${SETTINGS_SECTION}.${name}`).sort());
  for (const [limit, name] of Object.entries(LIMIT_SETTINGS) as [keyof Limits, string][]) {
    const bounds = LIMITS[limit];
    const factor = bounds.unit === 'bytes' ? 1024 * 1024 : 1;
    const setting = properties[`${SETTINGS_SECTION}.${name}`]!;
    assert.equal((setting.default as number) * factor, bounds.default, name);
    assert.ok(setting.minimum! * factor >= bounds.min, name);
    assert.equal(setting.maximum! * factor, bounds.max, name);
    assert.ok(setting.description.length > 20, name);
  }
});

test('offers the output views that the code knows', () => {
  const setting = contributes.configuration.properties[`${SETTINGS_SECTION}.${OTHER_SETTINGS.openOutputIn}`]!;
  assert.deepEqual(setting.enum, OUTPUT_VIEWS);
  assert.equal(setting.default, OUTPUT_VIEWS[0]);
  assert.equal(setting.enumDescriptions?.length, OUTPUT_VIEWS.length);
  assert.equal(setting.enumItemLabels?.length, OUTPUT_VIEWS.length);
});

test('offers a notification for the kinds of jobs that the code knows', () => {
  const { enum: kinds, enumDescriptions } =
    contributes.configuration.properties[`${SETTINGS_SECTION}.${OTHER_SETTINGS.notifyWhenJobEnds}`]!;
  assert.deepEqual(kinds, NOTIFIED_JOBS);
  assert.equal(enumDescriptions?.length, NOTIFIED_JOBS.length);
});

test('has a walkthrough whose files and commands exist', () => {
  const [walkthrough, ...others] = contributes.walkthroughs;
  assert.equal(others.length, 0);
  assert.equal(walkthrough!.steps.length, 3);
  for (const { description, media, completionEvents } of walkthrough!.steps) {
    assert.ok(existsSync(join(root, media.markdown)), media.markdown);
    const named = [
      ...[...description.matchAll(/\(command:([^)]+)\)/g)].map(([, command = '']) => command),
      ...completionEvents.map((event) => event.replace(/^on(Command|View):/, '')),
    ];
    for (const name of named) {
      const known = [...commands, ...Object.values<string>(VIEWS), `${VIEWS.jobs}.focus`];
      assert.ok(known.includes(name) || name.startsWith('workbench.'), name);
    }
  }
});

test('declares the MCP provider that the code registers, and icons that exist', () => {
  assert.deepEqual(contributes.mcpServerDefinitionProviders, [
    { id: MCP_PROVIDER, label: 'Background Jobs' },
  ]);
  for (const path of [
    manifest.icon,
    ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
  ]) {
    assert.ok(existsSync(join(root, path)), path);
  }
});

test('compiles against API types that are not newer than the oldest supported VS Code', () => {
  const minor = (range: string): number => Number(/1\.(\d+)/.exec(range)?.[1]);
  assert.ok(minor(manifest.devDependencies['@types/vscode']!) <= minor(manifest.engines.vscode));
});

test('packages a bundle with every string of the code (npm run l10n updates it)', async () => {
  const folder = join(root, 'src', 'ui');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ extension: '.ts', contents: readFileSync(join(folder, name), 'utf8') }));
  const path = join(manifest.l10n, 'bundle.l10n.json');
  assert.deepEqual(JSON.parse(readFileSync(join(root, path), 'utf8')), await getL10nJson(files));
  assert.ok((await listFiles({ cwd: root, packageManager: PackageManager.None })).includes(path));
});
