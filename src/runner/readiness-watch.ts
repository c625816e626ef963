import type { ReadyCondition } from '../protocol/job-record.ts';
import { logFolder } from '../protocol/log-folder.ts';
import { type PatternListener, PatternReadiness } from './pattern-readiness.ts';
import { PatternSearch } from './pattern-search.ts';
import { anyPort, onePort } from './port-look.ts';
import { PortReadiness } from './port-readiness.ts';
import type { Readiness } from './readiness.ts';

interface WatchedJob {
  readonly id: string;
  readonly condition: ReadyCondition;
  readonly encoding: string | undefined;
  /** Path of the search worker. */
  readonly searchScript: string;
  /** The sockets that had the port of the condition before the job started, by id. */
  readonly portSockets: readonly string[];
}

interface JobListener extends PatternListener {
  /** Returns the ports on which the processes of the job listen. */
  readonly listPorts: () => Promise<readonly number[]>;
  /** Called when a port that was taken is free. */
  readonly onFree: () => void;
}

export type WatchReadiness = (job: WatchedJob, listener: JobListener) => Readiness;

/** Returns a function that watches when jobs are ready. @param storage the storage folder */
export function readinessWatch(storage: string): WatchReadiness {
  const search = new PatternSearch();
  return ({ id, condition, encoding, searchScript, portSockets }, { listPorts, onFree, ...listener }) => {
    if (condition.until === 'port') {
      const { port } = condition;
      const look =
        port === undefined ? anyPort(listPorts) : onePort({ port, earlier: portSockets, listPorts, onFree });
      return new PortReadiness(look, listener);
    }
    const folder = logFolder(storage, id);
    return new PatternReadiness({ condition, folder, encoding, script: searchScript, search }, listener);
  };
}
