import { PortCheck, type PortResult } from '../processes/port-check.ts';
import { findSockets, idsOf } from '../processes/port-sockets.ts';
import type { JobState } from '../protocol/job-record.ts';

/** Returns the ports on which the processes of a job listen. */
type ListPorts = () => Promise<readonly number[]>;

/** Finds out whether a job listens. */
export interface PortLook {
  /** Returns undefined until it listens. */
  findOpen(): Promise<PortResult | undefined>;
  /** Returns false if the last result still holds. It costs less. */
  hasChanged(): Promise<boolean>;
}

/** Finds out who has a port before the job starts. */
export async function lookBefore(port: number): Promise<Pick<JobState, 'isPortTaken' | 'portSockets'>> {
  const sockets = await findSockets([port]);
  return { isPortTaken: sockets.length > 0, portSockets: sockets.map(({ id }) => id) };
}

interface OnePortOptions {
  readonly port: number;
  /** The sockets that had the port before the job started, by id. */
  readonly earlier: readonly string[];
  readonly listPorts: ListPorts;
  /** Called when the port is free. */
  readonly onFree: () => void;
}

/** Looks at a port that the caller of the job knows. */
export function onePort({ earlier, ...options }: OnePortOptions): PortLook {
  const check = new PortCheck({ ...options, findEarlier: async () => earlier });
  return {
    findOpen: () => check.run(),
    hasChanged: () => check.hasChanged(),
  };
}

/** Looks at all ports of a job. */
export function anyPort(listPorts: ListPorts): PortLook {
  let ports: readonly number[] = [];
  let sockets = '';
  const idsNow = async (): Promise<string> => idsOf(await findSockets(ports));
  return {
    async findOpen() {
      ports = await listPorts();
      sockets = await idsNow();
      return ports.length === 0 ? undefined : { isOwn: true };
    },
    async hasChanged() {
      const now = await idsNow();
      return now === '' || now !== sockets;
    },
  };
}
