import * as vscode from 'vscode';
import type { Problem } from '../../problems/problem.ts';
import type { ProblemMatcher } from '../../protocol/problem-matcher.ts';

/** The column where VS Code ends a problem that has only a line. */
const LAST_COLUMN = 2 ** 31 - 2;

/** Returns a problem as VS Code's own tasks show it. */
export function diagnosticOf(problem: Problem, { source }: ProblemMatcher): vscode.Diagnostic {
  const { message, severity, code } = problem;
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), message, severityOf(severity));
  if (code !== undefined) diagnostic.code = code;
  if (source !== undefined) diagnostic.source = source;
  return diagnostic;
}

function rangeOf({ line, column, endLine, endColumn }: Problem): vscode.Range {
  const index = (position: number): number => Math.max(0, position - 1);
  if (line === undefined) return new vscode.Range(0, 0, 0, 0);
  const first = index(line);
  if (column === undefined) return new vscode.Range(first, 0, first, LAST_COLUMN);
  const start = new vscode.Position(first, index(column));
  if (endColumn === undefined) return new vscode.Range(start, start);
  const end = new vscode.Position(index(endLine ?? line), index(endColumn));
  return new vscode.Range(start, end);
}

function severityOf(severity: Problem['severity']): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'info':
      return vscode.DiagnosticSeverity.Information;
  }
}
