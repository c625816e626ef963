import { isListening } from '../processes/listening-port.ts';
import { PortCheck, type PortResult } from '../processes/port-check.ts';

/** Returns the ports on which the processes of a job listen. */
type ListPorts = () => Promise<readonly number[]>;

/** Finds out whether a job listens. */
export interface PortLook {
  /** Returns undefined until it listens. */
  findOpen(): Promise<PortResult | undefined>;
  /** Whether it still listens. It costs less. */
  isOpen(): Promise<boolean>;
}

interface OnePortOptions {
  readonly port: number;
  /** Whether another process had the port when the job started. */
  readonly isTaken: boolean;
  readonly listPorts: ListPorts;
  /** Called when the port is free. */
  readonly onFree: () => void;
}

/** Looks at a port that the caller of the job knows. */
export function onePort({ isTaken, ...options }: OnePortOptions): PortLook {
  const check = new PortCheck({ ...options, findHolder: async () => (isTaken ? true : undefined) });
  return {
    findOpen: () => check.run(),
    isOpen: () => isListening(options.port),
  };
}

/** Looks at all ports of a job. */
export function anyPort(listPorts: ListPorts): PortLook {
  let ports: readonly number[] = [];
  const findOpen = async (): Promise<PortResult | undefined> => {
    ports = await listPorts();
    return ports.length === 0 ? undefined : { isOwn: true };
  };
  return {
    findOpen,
    async isOpen() {
      for (const port of ports) if (await isListening(port)) return true;
      // It may have moved to another one.
      return (await findOpen()) !== undefined;
    },
  };
}
