/** A simulated AWS account in which the smoke test runs: the sandbox, and the services that only the smoke test calls. */
import type { Connection } from '../../../cli/connection/connection';
import { bearer } from '../../../cli/connection/connection';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../../local/sandbox';
import { Turns } from '../../../local/turns';
import { LocalCallerIdentity } from '../../../simulator/services/caller-identity';
import { LocalFaultInjection } from '../../../simulator/services/fault-injection';
import { LocalParameters } from '../../../simulator/services/parameters';
import { LocalRoles } from '../../../simulator/services/roles';
import { VirtualClock } from '../../../simulator/time/clock';
import { Random } from '../../../simulator/time/random';
import type { Clients } from '../account/clients';
import type { Time } from '../time';

const URL_HERE = 'http://127.0.0.1:8080';
const IMAGE_PARAMETER = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default';

export type SimulatedOptions = Partial<Pick<SandboxOptions, 'seed' | 'ec2' | 'controlPlane' | 'template'>>;

/** Changes what a client does. Tests let calls fail. */
export type Tamper = (client: keyof Clients, command: string, send: () => Promise<unknown>) => Promise<unknown>;

export class SimulatedAccount {
  tamper: Tamper = (_client, _command, send) => send();
  readonly clients: Clients;
  readonly time: Time;
  readonly roles: LocalRoles;
  readonly faultInjection: LocalFaultInjection;

  private constructor(
    private readonly clock: VirtualClock,
    readonly sandbox: Sandbox,
    private readonly turns: Turns,
    private readonly token: string,
    seed: number | string,
  ) {
    const { ec2, account } = sandbox;
    const { accountId } = ec2.world;
    this.roles = new LocalRoles(clock, accountId);
    this.faultInjection = new LocalFaultInjection({
      clock,
      random: new Random(`${seed}/fis`),
      mayInterrupt: (roleArn, resource) =>
        this.roles.allows('fis.amazonaws.com', roleArn, { action: 'ec2:SendSpotInstanceInterruptions', resource }),
      interrupt: (instanceId) => ec2.interruptSpotInstance(instanceId),
    });
    const parameters = new LocalParameters({
      [`${IMAGE_PARAMETER}-arm64`]: account.arm64ImageId,
      [`${IMAGE_PARAMETER}-x86_64`]: account.x86ImageId,
    });
    this.clients = {
      ec2: this.paced('ec2', ec2.client),
      fis: this.paced('fis', this.faultInjection.client),
      iam: this.paced('iam', this.roles.client),
      ssm: this.paced('ssm', parameters.client),
      sts: this.paced('sts', new LocalCallerIdentity(accountId, 'operator').client),
    };
    this.time = {
      now: () => clock.now(),
      sleep: (delayMs) => turns.giveWay(clock.sleep(delayMs)),
    };
  }

  static async open({ seed = 1, ...options }: SimulatedOptions = {}): Promise<SimulatedAccount> {
    const clock = new VirtualClock();
    const controlPlane = { coldStarts: true, stepFunctionsLatencyMs: 50, ...options.controlPlane };
    const sandbox = await openSandbox({ clock, seed, ...options, controlPlane });
    const token = sandbox.token();
    await clock.run(() => false, 1_000);
    return new SimulatedAccount(clock, sandbox, new Turns(clock), await token, seed);
  }

  get subnetId(): string {
    return this.sandbox.account.subnetIds[0];
  }

  connection(): Connection {
    return { url: URL_HERE, authorize: bearer(this.token), region: this.sandbox.ec2.world.region };
  }

  async fetch(request: Request): Promise<Response> {
    const body = await request.text();
    const { pathname, search } = new URL(request.url);
    const response = await this.turns.giveWay(
      this.sandbox.plane.request({
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        ...(body !== '' && { body }),
      }),
    );
    return new Response(response.body, { status: response.status });
  }

  /** Lets virtual time pass until the work has ended. */
  async settle<T>(work: Promise<T>): Promise<T> {
    const ended = (): void => this.turns.end();
    work.then(ended, ended);
    return this.clock.settle(work);
  }

  close(): Promise<void> {
    return this.sandbox.plane.stop();
  }

  private paced<Client extends { send: unknown }>(name: keyof Clients, client: Client): Client {
    const { send } = client as unknown as { send: (command: object) => Promise<unknown> };
    const call = (command: object): Promise<unknown> => {
      const commandName = command.constructor.name.replace(/Command$/, '');
      return this.turns.giveWay(this.tamper(name, commandName, () => send.call(client, command)));
    };
    return { send: call } as unknown as Client;
  }
}
