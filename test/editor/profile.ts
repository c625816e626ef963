import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings that turn off downloads, prompts, the welcome page and what costs time in a fresh editor. */
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
  // A terminal that opens at the wrong moment would close the list or the box that a test uses.
  'workbench.quickOpen.closeOnFocusLost': false,
  // Every two seconds a server would look at the files of all processes for ports to forward, and start a program.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
};

/** Makes terminals render text that tests can read, instead of a picture. */
export const READABLE = { 'terminal.integrated.gpuAcceleration': 'off' };

/** Writes the user settings of a fresh profile to all places where a VS Code reads them. */
export function writeSettings(userDataDir: string, settings: Readonly<Record<string, unknown>> = {}): void {
  const folder = join(userDataDir, 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...QUIET, ...settings }, undefined, 2));
}
