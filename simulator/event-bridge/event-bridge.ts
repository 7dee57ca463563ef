/**
 * EventBridge, simulated at the SDK's `send()`. Events that functions put go onto the bus and may match rules.
 * The latest events are kept and can be read.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
import {
  EventBridgeServiceException,
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { Clock } from '../time/clock';
import type { EventBridgeEvent } from '../events';
import type { Random } from '../time/random';
import { isObject } from '../json';
import { ACCOUNT_ID, REGION } from '../cloudformation/template-values';

export interface EventBridgeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly publish: (event: EventBridgeEvent) => void;
}

const MOST_ENTRIES = 10;
/** Only the latest are kept, so that a control plane that runs for weeks does not fill the memory. */
const MOST_KEPT = 1_000;
const DEFAULT_BUS = ['default', `arn:aws:events:${REGION}:${ACCOUNT_ID}:event-bus/default`];

export class LocalEventBridge {
  readonly client: Pick<EventBridgeClient, 'send'>;
  private readonly kept: EventBridgeEvent[] = [];

  constructor(private readonly options: EventBridgeOptions) {
    this.client = { send: async (command: unknown) => this.perform(command) };
  }

  /** The latest thousand events that functions put, oldest first. */
  events(): readonly EventBridgeEvent[] {
    return this.kept;
  }

  private perform(command: unknown): object {
    if (!(command instanceof PutEventsCommand)) {
      throw new Error(`${(command as object).constructor.name} is not supported by the local EventBridge`);
    }
    const entries = command.input.Entries ?? [];
    if (entries.length === 0 || entries.length > MOST_ENTRIES) {
      throw refusal('ValidationException', `Entries must be 1 to ${MOST_ENTRIES}, not ${entries.length}`);
    }
    const Entries = entries.map((entry) => this.put(entry));
    const FailedEntryCount = Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    return { Entries, FailedEntryCount, $metadata: {} };
  }

  private put(entry: PutEventsRequestEntry): PutEventsResultEntry {
    const { Source = '', DetailType = '', Detail, Resources = [], Time, EventBusName = 'default' } = entry;
    if (!DEFAULT_BUS.includes(EventBusName)) throw refusal('ResourceNotFoundException', `No bus ${EventBusName}`);
    const detail = parseDetail(Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (Source === '' || DetailType === '') {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source and DetailType are required.' };
    }
    if (Source.startsWith('aws.')) {
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    }
    const { clock, random, publish } = this.options;
    const event: EventBridgeEvent = {
      version: '0',
      id: [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-'),
      'detail-type': DetailType,
      source: Source,
      account: ACCOUNT_ID,
      time: (Time ?? new Date(clock.now())).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: REGION,
      resources: Resources,
      detail,
    };
    this.kept.push(event);
    this.kept.splice(0, this.kept.length - MOST_KEPT);
    publish(event);
    return { EventId: event.id };
  }
}

function parseDetail(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail: unknown = JSON.parse(text ?? '');
    return isObject(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function refusal(name: string, message: string): EventBridgeServiceException {
  return new EventBridgeServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}
