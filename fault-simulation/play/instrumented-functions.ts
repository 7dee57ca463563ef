/**
 * The functions of the template, with faults between them and the services. Every call of a function passes here,
 * together with the invocation that makes it.
 */
import { resolve } from 'node:path';
import type { CreateHandler, Runtime } from '../../lambdas/runtime';
import type { Clock } from '../../simulator/time/clock';
import type { Random } from '../../simulator/time/random';
import type { CallFaults } from './call-faults';
import {
  beginInvocation,
  callingInvocation,
  currentInvocation,
  type Actor,
  type Invocation,
} from '../facts/invocation';
import type { Service, WorldPlan } from '../scenario/scenario';

export interface Instruments {
  readonly clock: Clock;
  readonly random: Random;
  readonly world: WorldPlan;
  readonly callFaults: CallFaults;
  /** Called when a function sends a request to EC2, with its name. */
  readonly onEc2Request: (command: string, by: Invocation) => void;
  /** Whether a fault of a state must reach the state's step before its first call. */
  readonly faultsOfStates: boolean;
}

const PROJECT_ROOT = resolve(__dirname, '../..');

export class InstrumentedFunctions {
  private invocations = 0;

  constructor(private readonly instruments: Instruments) {}

  /** Loads a function's module from the project, as the control plane would. */
  readonly load = async (entry: string): Promise<{ readonly createHandler: CreateHandler }> => {
    const { createHandler } = await moduleOf(entry);
    return {
      createHandler: (runtime) => {
        const handle = createHandler(this.instrument(runtime));
        return async (event) => {
          // The history shows the state a little after the engine has called the function, at the same time.
          if (this.instruments.faultsOfStates) await this.instruments.clock.sleep(0);
          beginInvocation(this.invocationOf(entry, event));
          return handle(event);
        };
      },
    };
  };

  private instrument(runtime: Runtime): Runtime {
    const { clock } = this.instruments;
    return {
      ...runtime,
      ec2: this.withFaults('ec2', runtime.ec2),
      dynamodb: this.withFaults('dynamodb', this.delayed(runtime.dynamodb)),
      sfn: this.withFaults('sfn', runtime.sfn),
      events: this.withFaults('events', runtime.events),
      time: {
        now: () => new Date(clock.now() + (currentInvocation()?.clockErrorMs ?? 0)),
        sleep: (delayMs) => runtime.time.sleep(delayMs),
      },
    };
  }

  private withFaults<Client extends { send: unknown }>(service: Service, client: Client): Client {
    const send = sendOf(client);
    const { callFaults, onEc2Request } = this.instruments;
    return {
      send: (command: object) => {
        const [name, by] = [nameOf(command), callingInvocation()];
        if (service === 'ec2') onEc2Request(name, by);
        return callFaults.call(service, name, by, () => send(command));
      },
    } as unknown as Client;
  }

  /** The table with the world's latency. */
  private delayed(client: Runtime['dynamodb']): Runtime['dynamodb'] {
    const { clock, random, world } = this.instruments;
    const send = sendOf(client);
    const latency = random.fork('table');
    const delay = async (): Promise<void> => {
      if (world.tableLatencyMs > 0) await clock.sleep(latency.below(world.tableLatencyMs) / 2);
    };
    return {
      send: async (command: object) => {
        await delay();
        const output = await send(command);
        await delay();
        return output;
      },
    };
  }

  private invocationOf(entry: string, event: unknown): Invocation {
    const { random, world } = this.instruments;
    this.invocations += 1;
    const number = this.invocations;
    const { step, nodeId, generation } = event as { step?: Actor; nodeId?: string; generation?: number };
    return {
      number,
      actor: step ?? actorOf(entry),
      ...(nodeId === undefined ? {} : { nodeId }),
      ...(generation === undefined ? {} : { generation }),
      clockErrorMs:
        world.clockErrorMs === 0
          ? 0
          : Math.round(random.fork(`clock/${number}`).between(-world.clockErrorMs, world.clockErrorMs)),
      ownerSeen: undefined,
      isFaulted: false,
    };
  }
}

/** By entry. To find a module takes a while, and each run needs all of them. */
const modules = new Map<string, Promise<{ readonly createHandler: CreateHandler }>>();

function moduleOf(entry: string): Promise<{ readonly createHandler: CreateHandler }> {
  const known = modules.get(entry);
  if (known !== undefined) return known;
  const loaded = import(resolve(PROJECT_ROOT, entry)) as Promise<{ readonly createHandler: CreateHandler }>;
  modules.set(entry, loaded);
  return loaded;
}

function actorOf(entry: string): Actor {
  if (entry.startsWith('lambdas/api/')) return 'api';
  return entry.includes('wake-waiter') ? 'wake-waiter' : 'reconciler';
}

function sendOf(client: { send: unknown }): (command: object) => Promise<unknown> {
  const { send } = client as { send: (command: object) => Promise<unknown> };
  return (command) => send.call(client, command);
}

function nameOf(command: object): string {
  return command.constructor.name.replace(/Command$/, '');
}
