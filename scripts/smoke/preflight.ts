/** What must be there before anything is made. Reads everything, and reports all faults at once. */
import { answerOf, openApi, type Api } from '../../cli/api/client';
import type { Connection } from '../../cli/connection/connection';
import { Failed, Failure } from '../../cli/failures';
import type { Shell } from '../../cli/shell';
import { reasonOf } from './account/aws-error';
import type { Clients } from './account/clients';
import { readCaller, readMachine, readSubnet, type Caller, type Machine, type Subnet } from './account/surroundings';
import type { Time } from './time';

/** Where a run takes place. */
export interface Surroundings {
  readonly caller: Caller;
  readonly region: string;
  readonly subnet: Subnet;
  readonly machine: Machine;
}

export interface PreflightOptions {
  readonly clients: Clients;
  /** Finds the deployment. @throws Failed */
  readonly connect: () => Promise<Connection>;
  readonly fetch: Shell['fetch'];
  readonly time: Time;
  readonly subnetId: string;
  readonly instanceTypes: readonly string[];
}

export type Preflight =
  | {
      readonly kind: 'ready';
      readonly surroundings: Surroundings;
      readonly api: Api;
      readonly url: string;
      readonly clockOffsetMs: number;
    }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

export async function preflight(options: PreflightOptions): Promise<Preflight> {
  const { clients, subnetId, instanceTypes } = options;
  const faults: string[] = [];
  const checked = async <T>(what: string, reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      const reasons = error instanceof Failure ? error.lines : [reasonOf(error)];
      faults.push(...reasons.map((reason) => `${what}: ${reason}`));
      return undefined;
    }
  };
  const [caller, subnet, machine, deployment] = await Promise.all([
    checked('the AWS account', readCaller(clients)),
    checked('the subnet', readSubnet(clients, subnetId)),
    checked('the instance', readMachine(clients, instanceTypes)),
    checked('the deployment', reachApi(options)),
  ]);
  if (caller === undefined || subnet === undefined || machine === undefined || deployment === undefined)
    return { kind: 'faulty', faults };
  const { region, ...api } = deployment;
  return { kind: 'ready', surroundings: { caller, region, subnet, machine }, ...api };
}

/** Reads one node, which shows that the URL, the credentials and the table work. */
async function reachApi({ connect, fetch, time }: PreflightOptions) {
  const connection = await connect();
  const { url, region } = connection;
  if (region === undefined) throw new Failed('The AWS Region is not known; give --region.');
  const api = openApi({ fetch, sleep: time.sleep }, connection);
  const beforeMs = time.now();
  const { at } = await answerOf(
    api.client.GET('/aws/ec2/managedInstance', { params: { query: { fields: 'id', limit: 1 } } }),
  );
  const clockOffsetMs = Math.round(Date.parse(at) - (beforeMs + time.now()) / 2);
  return { api, url, region, clockOffsetMs };
}
