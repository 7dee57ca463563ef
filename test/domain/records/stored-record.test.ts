import * as z from 'zod';
import { UnreadableRecord } from '../../../domain/errors';
import {
  fieldsOf,
  readRecord,
  stored,
  tryToRead,
  versionOf,
  type RecordKind,
} from '../../../domain/records/stored-record';

interface Person {
  readonly name: string;
  readonly home: { readonly town: string };
}

/** 0 had a full name, 1 a town beside it, and 2 has a home. */
const person: RecordKind<Person> = {
  name: 'PERSON',
  schema: z.looseObject(fieldsOf<Person>()({ name: z.string(), home: z.looseObject({ town: z.string() }) })),
  upgrades: [
    ({ fullName, ...rest }) => ({ ...rest, name: fullName }),
    ({ town, ...rest }) => ({ ...rest, home: { town } }),
  ],
};
const ada = { name: 'Ada', home: { town: 'London' } };

describe('A stored record', () => {
  it.each([
    { name: 'without a version', item: { fullName: 'Ada', town: 'London' } },
    { name: 'of an earlier version', item: { schemaVersion: 1, name: 'Ada', town: 'London' } },
    { name: 'of the present version', item: { schemaVersion: 2, ...ada } },
    { name: "with what is the table's", item: { pk: 'PERSON', sk: 'ada', expiresAt: 1, schemaVersion: 2, ...ada } },
  ])('is read: $name', ({ item }) => {
    expect(readRecord(person, 'ada', item)).toEqual(ada);
  });

  it('is written with the present version', () => {
    expect(stored(person, ada)).toEqual({ ...ada, schemaVersion: 2 });
    expect(versionOf(person)).toBe(2);
    expect(readRecord(person, 'ada', { ...stored(person, ada) })).toEqual(ada);
  });

  it.each([
    {
      name: 'of a later version',
      item: { schemaVersion: 3, ...ada },
      field: 'schemaVersion',
      why: 'is 3, and this version of Holdfast reads up to 2',
    },
    {
      name: 'whose version is none',
      item: { schemaVersion: 'two', ...ada },
      field: 'schemaVersion',
      why: 'Invalid input: expected number, received string',
    },
    {
      name: 'whose version is less than nothing',
      item: { schemaVersion: -1, ...ada },
      field: 'schemaVersion',
      why: 'Too small: expected number to be >=0',
    },
    {
      name: 'with a field of another type',
      item: { schemaVersion: 2, name: 'Ada', home: { town: 7 } },
      field: 'home.town',
      why: 'Invalid input: expected string, received number',
    },
    {
      name: 'of an earlier version, without a field',
      item: { town: 'London' },
      field: 'name',
      why: 'Invalid input: expected string, received undefined',
    },
  ])('cannot be read: one $name', ({ item, field, why }) => {
    const error = tryToRead(person, 'ada', item);

    expect(error).toBeInstanceOf(UnreadableRecord);
    expect(error).toMatchObject({ record: { kind: 'PERSON', id: 'ada' }, field, why });
    expect(() => readRecord(person, 'ada', item)).toThrow(`The record PERSON ada cannot be read: ${field}: ${why}`);
  });

  it('of a union names the issue of the member that fits best', () => {
    const either: RecordKind<object> = {
      name: 'EITHER',
      schema: z.looseObject({
        is: z.union([
          z.looseObject({ a: z.string(), b: z.string() }),
          z.looseObject({ c: z.object({ d: z.number() }) }),
        ]),
      }),
      upgrades: [],
    };

    expect(tryToRead(either, 'x', { is: { c: { d: 'one' } } })).toMatchObject({ field: 'is.c.d' });
    expect(tryToRead(either, 'x', { is: { a: 'a' } })).toMatchObject({ field: 'is.b' });
    expect(tryToRead(either, 'x', { is: 1 })).toMatchObject({ field: 'is' });
  });
});
