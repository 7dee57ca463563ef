/**
 * The canonical form of a state: two states with the same form have the same future. Ids, client tokens, versions and
 * generations are renamed in the order in which they appear, and times become ages. Texts for people are left out, and
 * so are instances and interfaces that are gone and that nothing names any more.
 */
import { createHash } from 'node:crypto';
import type { NodeConfig } from '../domain/config/node-config';
import { minutesBetween, nowIn, type PendingEvent, type Process, type State } from './state';
import { OLD_MINUTES } from './rest';

/** A short name of the state's form. Two forms share one with a probability that is far below any other doubt. */
export function nameOfState(state: State): string {
  return createHash('sha1').update(formOf(state)).digest('base64');
}

export function formOf(state: State): string {
  return new Form(state).text();
}

/** Texts for people. No decision reads them. */
const LEFT_OUT = new Set([
  ...['reason', 'message', 'stateReason', 'lossReason', 'createdAt', 'Cause', 'macAddress', 'nodeName', 'name', 'pid'],
  // Measurements, and what the reconciler reports.
  ...['startedBy', 'addressTakenAt', 'errorName', 'lastReplacement', 'stateName', 'enteredAt', 'observed'],
  // Only a token must be new, whatever its number is.
  ...['attempt', 'interfacesMade'],
]);

/** What counts up without end, and the number from which on it makes no difference. */
const SATURATES: Readonly<Record<string, number>> = { count: 6, restarts: 6 };

/** An age that is not yet zero: the latest time that decisions look ahead to. */
const SOONEST_MINUTES = -20;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{3})Z$/;
const ID = /\b(?:i|eni|att|assoc|token|process|event)-\d+\b/g;
/** A client token, or the id of an execution. */
const TOKEN = /smi-\d{8}-|^[a-z]+:event-/;

class Form {
  private readonly names = new Map<string, string>();
  private readonly now: string;
  private readonly parts: string[] = [];

  constructor(private readonly state: State) {
    this.now = nowIn(state);
  }

  text(): string {
    const { table, executions, processes, events, left, causes, wanted, ec2, isReconcilerDue } = this.state;
    const { parts } = this;
    this.write(table.nodes);
    for (const execution of inOrder(executions, ({ id }) => id)) this.write(execution);
    for (const process of inOrder(processes, keyOfProcess)) this.write(process);
    for (const event of inOrder(events, keyOfEvent)) this.write(event);
    this.write([left, causes, wanted, ec2.refusals, isReconcilerDue, ec2.elasticIps, table.claims]);
    this.writeNamed(ec2.instances, (each) => each.state !== 'terminated');
    this.writeNamed(ec2.interfaces, () => true);
    this.writeNamed(table.index, () => false);
    for (const name of this.state.usedNames) if (this.mayRecur(name)) this.write(name);
    return parts.join('');
  }

  /** Only what is named already, or counts by itself. */
  private writeNamed<T>(things: Readonly<Record<string, T>>, counts: (thing: T) => boolean): void {
    for (const [id, thing] of Object.entries(things)) {
      if (!this.names.has(id) && !counts(thing)) continue;
      this.parts.push(this.rename(id), '=');
      this.write(thing);
    }
  }

  /**
   * Whether an execution could be started under the name again: its generation is the present one, or its instance is
   * still named. A name of the reconciler lasts for one of its periods of five minutes.
   */
  private mayRecur(name: string): boolean {
    const lost = /-lost-(i-\d+)$/.exec(name);
    if (lost !== null) return this.names.has(lost[1]!);
    const next = /-(\d+)-next$/.exec(name);
    if (next !== null) return this.names.has(`generation ${next[1]}`);
    const repair = /-(\d+)-(\d+)$/.exec(name);
    if (repair === null) return false;
    const isPresent = repair[2] === String(Math.floor(Date.parse(this.now) / PERIOD_MS));
    const isOfRecord = this.names.has(`generation ${repair[1]}`);
    if (isPresent && isOfRecord) this.parts.push(`period ${(Date.parse(this.now) % PERIOD_MS) / 60_000}`);
    return isPresent && isOfRecord;
  }

  private write(value: unknown, key = ''): void {
    const { parts } = this;
    switch (typeof value) {
      case 'string':
        parts.push('"', this.string(value), '"');
        return;
      case 'number':
        parts.push(this.number(value, key));
        return;
      case 'object':
        this.writeObject(value, key);
        return;
      default:
        parts.push(String(value));
    }
  }

  private writeObject(value: object | null, key: string): void {
    const { parts } = this;
    if (value === null) parts.push('null');
    else if (value instanceof Error) parts.push(value.name);
    else if (key === 'config') parts.push(nameOfConfig(value as NodeConfig));
    else if (value instanceof Set) this.writeList([...(value as Set<unknown>)], key);
    else if (Array.isArray(value)) this.writeList(value, key);
    else this.writeMembers(value, key);
  }

  private writeList(values: readonly unknown[], key: string): void {
    this.parts.push('[');
    for (const each of values) this.write(each, key);
    this.parts.push(']');
  }

  private writeMembers(value: object, key: string): void {
    const { parts } = this;
    // A record that a half-run function has read is usually the present one.
    const present = this.state.table.nodes[(value as { id?: string }).id ?? ''];
    if (key === 'value' && value === present) {
      parts.push('present');
      return;
    }
    parts.push('{');
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined || LEFT_OUT.has(name)) continue;
      if (name === 'before' && this.state.left.staleReads === 0) continue;
      parts.push(name, ':');
      if (name === 'errorReason') parts.push('set');
      else this.write(member, name);
      parts.push(',');
    }
    parts.push('}');
  }

  private number(value: number, key: string): string {
    if (key === 'generation' || key === 'takesOver') return this.nameFor(`generation ${value}`, 'g');
    if (key === 'version') return this.nameFor(`version ${value}`, 'v');
    const most = SATURATES[key];
    return String(most === undefined ? value : Math.min(value, most));
  }

  private string(value: string): string {
    const time = TIME.exec(value);
    if (time !== null) return this.age(value, time[1]!);
    if (TOKEN.test(value)) return this.nameFor(value, 't');
    return value.includes('-') ? this.rename(value) : value;
  }

  private age(time: string, milliseconds: string): string {
    const age = Math.floor(minutesBetween(time, this.now));
    const bounded = Math.max(SOONEST_MINUTES, Math.min(OLD_MINUTES, age));
    return `${bounded}m${milliseconds === '000' ? '' : milliseconds}`;
  }

  private rename(value: string): string {
    return value.replace(ID, (id) => this.nameFor(id, id.slice(0, id.indexOf('-'))));
  }

  private nameFor(value: string, kind: string): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const name = `${kind}${this.names.size}`;
    this.names.set(value, name);
    return name;
  }
}

/** What happens at the same time may be listed in any order. */
function inOrder<T>(things: readonly T[], keyOf: (thing: T) => string): readonly T[] {
  if (things.length < 2) return things;
  const keyed = things.map((thing) => ({ thing, key: keyOf(thing) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ thing }) => thing);
}

function keyOfProcess({ work }: Process): string {
  switch (work.kind) {
    case 'step':
      return `step ${work.executionId} ${JSON.stringify(work.event)}`;
    case 'wake':
      return `wake ${work.instanceId} ${work.state}`;
    default:
      return work.kind;
  }
}

function keyOfEvent(event: PendingEvent): string {
  return event.kind === 'look'
    ? event.kind
    : [event.kind, event.instanceId, 'state' in event ? event.state : ''].join(' ');
}

const PERIOD_MS = 5 * 60_000;

const configNames = new WeakMap<NodeConfig, string>();

/** Configurations are large, few, and never changed. */
function nameOfConfig(config: NodeConfig): string {
  const known = configNames.get(config);
  if (known !== undefined) return known;
  const name = createHash('sha1').update(JSON.stringify(config)).digest('hex').slice(0, 8);
  configNames.set(config, name);
  return name;
}
