/** What a user changes of the simulation itself, rather than of the account: the speed of time, and which events get lost. */
import { z } from 'zod';
import type { Deliver } from '../../simulator/event-bridge/event-bus';
import type { PacedClock } from '../../simulator/time/paced-clock';
import { GREATEST_SPEED } from './server-options';
import { parseRequest } from './simulator-requests';

export class Pace {
  private lost = 0;

  constructor(private readonly clock: PacedClock) {}

  /** The simulated time, and how many of its seconds pass in one of ours. */
  time(): { readonly now: string; readonly speed: number } {
    return { now: new Date(this.clock.now()).toISOString(), speed: this.clock.speed };
  }

  changeSpeed(speed: number): void {
    this.clock.speed = speed;
  }

  /** The next so many deliveries of events are lost, without an error. */
  loseEvents(count: number): void {
    this.lost = count;
  }

  readonly deliver: Deliver = () => {
    if (this.lost === 0) return undefined;
    this.lost -= 1;
    return { copies: [] };
  };
}

const speedRequest = z.strictObject({
  speed: z
    .number({ error: 'give simulated seconds per second, like 10' })
    .positive({ error: 'give a number above 0' })
    .max(GREATEST_SPEED, { error: `give a number up to ${GREATEST_SPEED}` }),
});
const MOST_LOST = 1_000;
const COUNT = `give a whole number from 0 to ${MOST_LOST}`;
const lossRequest = z.strictObject({
  count: z.int({ error: COUNT }).min(0, { error: COUNT }).max(MOST_LOST, { error: COUNT }),
});

export const PACE_ACTIONS: Readonly<Record<string, (pace: Pace, body: string) => object>> = {
  'GET /simulator/time': (pace) => pace.time(),
  'POST /simulator/speed': (pace, body) => {
    pace.changeSpeed(parseRequest(speedRequest, body).speed);
    return pace.time();
  },
  'POST /simulator/lose-events': (pace, body) => {
    const { count } = parseRequest(lossRequest, body);
    pace.loseEvents(count);
    return { count };
  },
};
