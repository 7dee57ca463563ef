/**
 * The command line in this process, against the real API on the simulator, under virtual time: a command that waits two
 * seconds lets two simulated seconds pass.
 */
import { main, type Connect } from '../../cli/main';
import type { Shell } from '../../cli/shell';
import { control } from '../../local/server/simulator-control';
import type { Sandbox } from '../../local/sandbox';
import { Turns } from '../../local/turns';
import { Play, type PlayOptions } from '../workflows/play';

export const URL_HERE = 'http://127.0.0.1:8080';

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Situation {
  /** Whether the streams are a terminal. @default false */
  readonly isTTY?: boolean;
  /** What the standard input has. */
  readonly input?: string;
  /** What the user types when asked. */
  readonly answer?: string;
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly fetch?: Shell['fetch'];
  readonly now?: () => number;
  readonly sleep?: Shell['sleep'];
  readonly interrupted?: Shell['interrupted'];
  readonly connect?: Connect;
  /** What others do while the command sleeps. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Runs a command in a shell that has nothing but what the situation says. */
export async function holdfast(argv: readonly string[], situation: Situation = {}): Promise<Outcome> {
  const { isTTY = false, input = '', answer, files = {}, environment = {} } = situation;
  const written = { out: '', err: '' };
  const shell: Shell = {
    stdout: { isTTY, write: (text) => void (written.out += text), columns: 100 },
    stderr: { isTTY, write: (text) => void (written.err += text) },
    stdin: {
      isTTY,
      read: async () => input,
      ask: async (question) => {
        written.err += question;
        if (answer === undefined) throw new Error(`asked: ${question}`);
        return answer;
      },
    },
    environment: { NO_COLOR: '1', ...environment },
    readFile: async (path) => {
      if (files[path] === undefined) throw new Error('ENOENT: no such file or directory');
      return Buffer.from(files[path]);
    },
    fetch: situation.fetch ?? (async () => Promise.reject(new Error('no request was expected'))),
    now: situation.now ?? (() => 0),
    sleep: situation.sleep ?? (async () => undefined),
    interrupted: situation.interrupted ?? (async () => undefined),
  };
  const status = await main(argv, shell, situation.connect);
  return { status, ...written };
}

/** A simulated account that the command line is used on. */
export class CliPlay {
  private constructor(
    readonly play: Play,
    private readonly token: string,
  ) {}

  static async open(options: PlayOptions = {}): Promise<CliPlay> {
    const play = await Play.open({ ...options, controlPlane: { stepFunctionsLatencyMs: 50, ...options.controlPlane } });
    return new CliPlay(play, await play.settle(play.sandbox.token()));
  }

  /** Runs a command to its end. Time stands still while the command line itself works. */
  async run(argv: readonly string[], situation: Situation = {}): Promise<Outcome> {
    const { clock, sandbox } = this.play;
    const turns = new Turns(clock);
    const running = holdfast(argv, {
      now: () => clock.now(),
      sleep: (delayMs) => turns.giveWay(Promise.resolve(situation.meanwhile?.()).then(() => clock.sleep(delayMs))),
      fetch: async (request) => {
        const body = await request.text();
        return turns.giveWay(respond(sandbox, request, body));
      },
      ...situation,
      environment: { HOLDFAST_URL: URL_HERE, HOLDFAST_TOKEN: this.token, ...situation.environment },
    }).finally(() => turns.end());
    return this.play.settle(running);
  }

  /** Runs a command that must succeed, and returns what it prints for programs. */
  async json(...argv: readonly string[]): Promise<any> {
    const { status, out, err } = await this.run(argv);
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${err}`);
    return JSON.parse(out);
  }

  /** Sends a request as another client would. Returns the items. */
  async request(method: string, path: string): Promise<readonly any[]> {
    const headers = { authorization: `Bearer ${this.token}` };
    const { status, body } = await this.play.sandbox.plane.request({ method, path, headers });
    if (status !== 200) throw new Error(`${method} ${path} was refused with ${status}`);
    return JSON.parse(body.toString()).response.items;
  }

  /** The flags of a node in the account's first subnet. */
  flags(name: string): readonly string[] {
    const { vpcId, subnetIds, arm64ImageId, securityGroupId } = this.play.sandbox.account;
    return [
      ...['--name', name, '--vpc', vpcId, '--subnets', subnetIds[0], '--image', arm64ImageId],
      ...['--types', 'm7g.large,m6g.large', '--security-groups', securityGroupId],
    ];
  }

  /** Creates a node, waits until it is ACTIVE, and returns its id. */
  async create(name: string, ...flags: readonly string[]): Promise<string> {
    return (await this.json('create', ...this.flags(name), ...flags, '--wait')).id;
  }
}

async function respond(sandbox: Sandbox, request: Request, body: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  if (pathname.startsWith('/simulator/')) {
    const { status, body: answer } = await control(sandbox, method, pathname, body);
    return Response.json(answer, { status });
  }
  const response = await sandbox.plane.request({
    method,
    path: pathname + search,
    headers: Object.fromEntries(headers),
    ...(body !== '' && { body }),
  });
  return new Response(response.body, { status: response.status });
}
