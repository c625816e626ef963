import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings that keep a fresh editor quiet: nothing is fetched, asked or welcomed. */
const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
};

/** Draws terminals as text in the page, where tests can read it, and not as a picture. */
export const READABLE = { 'terminal.integrated.gpuAcceleration': 'off' };

/** Writes the user's settings of a fresh profile, where every kind of VS Code looks for them. */
export function writeSettings(userDataDir: string, settings: Readonly<Record<string, unknown>> = {}): void {
  const folder = join(userDataDir, 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, undefined, 2));
}
