/** Gives the functions' clients the times of real ones, DynamoDB's limits for writes, and the SDK's own tries. */
import type { Clock } from '../simulator/time/clock';
import type { DrawTime, MODELLED_TIMES } from '../simulator/time/modelled-time';
import type { Random } from '../simulator/time/random';
import { WriteLimits } from '../simulator/dynamodb/write-limits';
import type { RuntimeClients } from './lambda';

export interface ModelledOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly draw: DrawTime;
}

/** As lambdas/runtime.ts sets it for every client but EC2's. The simulated EC2 is called once, as there. */
const ATTEMPTS = 3;
/**
 * The base and the limit of the SDK's pauses, in milliseconds, and the base after a throttle.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const PAUSE = { base: 100, afterThrottle: 500, most: 20_000 };

type Send = (...command: readonly unknown[]) => Promise<unknown>;

export function modelledClients(clients: RuntimeClients, options: ModelledOptions): RuntimeClients {
  const limits = new WriteLimits(() => options.clock.now());
  const other = <Client extends object>(client: Client): Client => timed(client, 'otherCall', options);
  return {
    ec2: clients.ec2,
    dynamodb: timed(clients.dynamodb, 'tableCall', options, (operation, input) => limits.admit(operation, input)),
    sfn: other(clients.sfn),
    secrets: other(clients.secrets),
    events: other(clients.events),
    pricing: other(clients.pricing),
    cloudwatch: other(clients.cloudwatch),
  };
}

function timed<Client extends object>(
  client: Client,
  time: keyof typeof MODELLED_TIMES,
  { clock, random, draw }: ModelledOptions,
  admit: (operation: string, input: object) => void = () => undefined,
): Client {
  const inner = client as unknown as { send: Send };
  /** Half of the time passes before the call takes effect, half before its answer. */
  const attempt: Send = async (...command) => {
    const [sent] = command as [{ readonly input: object }];
    const timeMs = draw(time);
    await clock.sleep(timeMs / 2);
    try {
      admit(sent.constructor.name.replace(/Command$/, ''), sent.input);
      return await inner.send(...command);
    } finally {
      await clock.sleep(timeMs / 2);
    }
  };
  const send: Send = async (...command) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(...command);
      } catch (error) {
        const pauseMs = tried < ATTEMPTS ? basePauseMs(error) : undefined;
        if (pauseMs === undefined) throw error;
        await clock.sleep(Math.min(PAUSE.most, random.next() * pauseMs * 2 ** tried));
      }
    }
  };
  return { send } as unknown as Client;
}

/** Returns undefined for an error that the SDK does not retry. */
function basePauseMs(error: unknown): number | undefined {
  const { name, $fault } = error as { readonly name?: string; readonly $fault?: string };
  if (name === 'ThrottlingException') return PAUSE.afterThrottle;
  return $fault === 'server' ? PAUSE.base : undefined;
}
