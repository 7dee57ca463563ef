/** The smoke test's program in this process, in a simulated account. */
import { Failed } from '../../../cli/failures';
import { main, type Reach, type Surface } from '../../../scripts/smoke/main';
import { SimulatedAccount, type SimulatedOptions } from '../../../scripts/smoke/simulated/account';
import { template } from '../../infra/synthesized-stack';

export const RUN_ID = '0a1b2c3d';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly complaints: string;
}

export interface Situation {
  /** Called with each line of progress. */
  readonly onLine?: (line: string, press: () => void) => void;
  readonly reach?: Partial<Reach>;
}

/** Longer than a launch takes. */
const LAUNCH_MS = 120_000;

const open: SimulatedAccount[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((account) => account.close()));
});

export async function anAccount(options: SimulatedOptions = {}): Promise<SimulatedAccount> {
  const account = await SimulatedAccount.open({ template, ...options });
  open.push(account);
  return account;
}

/** Runs the program to its end. `press` is Ctrl-C. */
export async function smoke(
  account: SimulatedAccount,
  argv: readonly string[],
  situation: Situation = {},
): Promise<Ran> {
  let [out, complaints] = ['', ''];
  const [stop, giveUp] = [new AbortController(), new AbortController()];
  const press = (): void => (stop.signal.aborted ? giveUp : stop).abort();
  const surface: Surface = {
    environment: {},
    newRunId: () => RUN_ID,
    stop: stop.signal,
    giveUp: giveUp.signal,
    write: (text) => {
      out += text;
      situation.onLine?.(text, press);
    },
    complain: (text) => (complaints += text),
  };
  const reach: Reach = {
    openClients: async () => account.clients,
    connect: async () => account.connection(),
    fetch: (request) => account.fetch(request),
    time: account.time,
    references: async () => [],
    ...situation.reach,
  };
  const status = await account.settle(main(['--subnet', account.subnetId, ...argv], surface, reach));
  return { status, out, complaints };
}

export const unreachable = async (): Promise<never> => Promise.reject(new Failed('The stack Holdfast cannot be read'));

/** What is left in the account, of any kind, when everything that was under way has ended. */
export async function leftIn(account: SimulatedAccount): Promise<readonly string[]> {
  const { sandbox, roles, faultInjection, time } = account;
  await account.settle(time.sleep(LAUNCH_MS));
  const { instances, networkInterfaces, elasticIps, volumes } = sandbox.ec2.world;
  const living = [...instances.values()].filter(({ state }) => state !== 'terminated');
  return [
    ...living.map(({ id }) => id),
    ...networkInterfaces.keys(),
    ...elasticIps.keys(),
    ...volumes.keys(),
    ...roles.names(),
    ...faultInjection.templateIds(),
    ...faultInjection.statuses().filter((status) => status === 'initiating' || status === 'running'),
  ];
}
