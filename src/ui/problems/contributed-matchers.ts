import * as vscode from 'vscode';
import type {
  MatcherContributions,
  MatcherDefinition,
  PatternDefinition,
} from '../../problems/matcher-definition.ts';

/** Returns the problem matchers and patterns in the manifests of all extensions. Not checked. */
export function contributedMatchers(): MatcherContributions {
  const contributions = vscode.extensions.all.map(({ packageJSON }) => {
    const { contributes } = packageJSON as { contributes?: Record<string, unknown> };
    return contributes ?? {};
  });
  return {
    patterns: contributions.flatMap(({ problemPatterns }) => objects<PatternDefinition>(problemPatterns)),
    matchers: contributions.flatMap(({ problemMatchers }) => objects<MatcherDefinition>(problemMatchers)),
  };
}

function objects<T extends object>(value: unknown): T[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter((each): each is T => typeof each === 'object' && each !== null);
}
