import * as vscode from 'vscode';
import type { ProblemCounts } from '../../problems/problem.ts';

/** Says how many errors there are, or else how many warnings. Undefined if there are neither. */
export function problemsText({ error, warning }: ProblemCounts): string | undefined {
  if (error > 0) return error === 1 ? vscode.l10n.t('1 error') : vscode.l10n.t('{0} errors', error);
  if (warning > 0) return warning === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', warning);
  return undefined;
}
