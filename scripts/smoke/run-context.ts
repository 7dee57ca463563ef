/** What a run consists of, and what each of its trials gets. */
import type { Api } from '../../cli/api/client';
import type { Clients } from './account/clients';
import type { ElasticIp } from './account/elastic-ip';
import type { Cleanup } from './cleanup';
import type { Surroundings } from './preflight';
import type { Time } from './time';

export interface RunOptions {
  readonly clients: Clients;
  readonly api: Api;
  readonly time: Time;
  /** Aborted when the user stops the run. */
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
  readonly surroundings: Surroundings;
  readonly stack: string;
  readonly runId: string;
  readonly attachments: readonly ('cold' | 'hot')[];
  /** Of FIS. @default - a role is made and removed */
  readonly roleArn: string | undefined;
  /** How much the clock of the API is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** What a trial needs of its run. */
export interface Run extends Omit<RunOptions, 'signal' | 'attachments'> {
  /** Its sleeps end when the user stops the run. */
  readonly time: Time;
  readonly unstoppableTime: Time;
  readonly cleanup: Cleanup;
  readonly elasticIp: ElasticIp;
}
