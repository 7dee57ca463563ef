/**
 * Finds what has changed in a simulated world, without comparing all of it.
 *
 * The simulator changes the world's entities in place, after it got them from their collection by id. So whatever was
 * got, added or deleted may have changed, and nothing else has. (A test compares the result with the whole world.)
 */
import type { World } from '../../simulator/ec2/world';

type Key = string | number;
export type CollectionName = {
  [Name in keyof World]: World[Name] extends Map<infer _Key, infer _Entity> ? Name : never;
}[keyof World];

class TrackedMap<K extends Key, V> extends Map<K, V> {
  readonly touched = new Set<K>();

  constructor(entries: Iterable<readonly [K, V]>) {
    super();
    for (const [key, value] of entries) super.set(key, value);
  }

  override get(key: K): V | undefined {
    this.touched.add(key);
    return super.get(key);
  }

  override set(key: K, value: V): this {
    // A stored collection keeps the order in which entities were added, so the last one added is touched last.
    if (!this.has(key)) this.touched.delete(key);
    this.touched.add(key);
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    this.touched.add(key);
    return super.delete(key);
  }

  override clear(): void {
    for (const key of this.keys()) this.touched.add(key);
    super.clear();
  }

  peek(key: K): V | undefined {
    return super.get(key);
  }
}

export interface EntityChange {
  readonly collection: CollectionName;
  readonly key: Key;
  /** Undefined: deleted. */
  readonly entity: unknown;
}

export class TrackedWorld {
  readonly world: World;
  private readonly maps = new Map<CollectionName, TrackedMap<Key, unknown>>();

  constructor(world: World) {
    const tracked: Record<string, unknown> = { ...world };
    for (const [name, value] of Object.entries(world)) {
      if (!(value instanceof Map)) continue;
      const map = new TrackedMap(value as Map<Key, unknown>);
      this.maps.set(name as CollectionName, map);
      tracked[name] = map;
    }
    this.world = tracked as unknown as World;
  }

  /** What may have changed since the last call. */
  *takeTouched(): Generator<EntityChange> {
    for (const [collection, map] of this.maps) {
      if (map.touched.size === 0) continue;
      const keys = [...map.touched];
      map.touched.clear();
      for (const key of keys) yield { collection, key, entity: map.peek(key) };
    }
  }

  /** Every entity. */
  *all(): Generator<EntityChange> {
    for (const [collection, map] of this.maps) for (const [key, entity] of map) yield { collection, key, entity };
  }

  /** Everything that is not in a collection. */
  values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(this.world).filter(([, value]) => !(value instanceof Map)));
  }
}
