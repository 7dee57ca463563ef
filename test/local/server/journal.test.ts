import fs, { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { DamagedJournal, ForeignJournal, Journal } from '../../../local/server/journal';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  path = join(folder, 'state.jsonl');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function opened(leastRewrittenBytes?: number): Journal {
  const journal = new Journal(path, leastRewrittenBytes === undefined ? {} : { leastRewrittenBytes });
  journal.open();
  return journal;
}

const entriesOf = (journal: Journal) => [...journal.entries()];

/** A journal with two commits. */
function written(): void {
  rmSync(path, { force: true });
  const journal = opened();
  journal.set('a', '{"n":1}');
  journal.set('b', '[2]');
  journal.commit();
  journal.set('a', '{"n":3}');
  journal.commit();
  journal.close();
}

test('what was committed is read again, in the order in which the keys were first set', () => {
  written();
  expect(entriesOf(opened())).toEqual([
    ['a', '{"n":3}'],
    ['b', '[2]'],
  ]);
});

test('only the owner can read it', () => {
  written();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a commit without changes writes nothing', () => {
  written();
  const journal = opened();
  const before = readFileSync(path);
  journal.set('b', '[2]');
  journal.delete('c');
  expect(journal.hasChanges()).toBe(false);
  journal.commit();
  expect(readFileSync(path)).toEqual(before);
});

test('whatever is set and deleted, the file has what the journal has', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const change = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key, value: fc.jsonValue() }),
    fc.record({ kind: fc.constant('delete' as const), key }),
    fc.record({ kind: fc.constant('commit' as const) }),
  );
  fc.assert(
    fc.property(fc.array(change), fc.constantFrom(0, 1_000_000), (changes, leastRewrittenBytes) => {
      rmSync(path, { force: true });
      const journal = opened(leastRewrittenBytes);
      for (const each of changes) {
        if (each.kind === 'set') journal.set(each.key, JSON.stringify(each.value));
        else if (each.kind === 'delete') journal.delete(each.key);
        else journal.commit();
      }
      journal.commit();
      journal.close();
      const after = opened();
      expect(new Map(after.entries())).toEqual(new Map(journal.entries()));
      after.close();
    }),
    { numRuns: 100 },
  );
});

test('it is written anew when overwritten values fill it', () => {
  const journal = opened(10_000);
  for (let value = 0; value < 2_000; value += 1) {
    journal.set('a', JSON.stringify(`${value}`.padStart(100)));
    journal.commit();
  }
  expect(statSync(path).size).toBeLessThan(12_000);
  journal.close();
  expect(entriesOf(opened())).toEqual([['a', JSON.stringify('1999'.padStart(100))]]);
});

test('a line that was being written when the process was killed is dropped, and the next commit replaces it', () => {
  written();
  writeFileSync(path, '0badc0de[["a",{"n":', { flag: 'a' });
  const journal = opened();
  expect(entriesOf(journal)[0]).toEqual(['a', '{"n":3}']);
  journal.set('c', '4');
  journal.commit();
  journal.close();
  expect(entriesOf(opened()).at(-1)).toEqual(['c', '4']);
});

test('a file from which anything is missing is refused', () => {
  written();
  const { size } = statSync(path);
  for (let bytes = 0; bytes < size; bytes += 1) {
    written();
    truncateSync(path, bytes);
    expect(opened).toThrow(DamagedJournal);
  }
});

test('a file in which any byte is another is refused', () => {
  written();
  const content = readFileSync(path);
  const headBytes = content.indexOf('\n') + 1;
  for (let at = headBytes; at < content.length; at += 1) {
    const damaged = Buffer.from(content);
    damaged[at] = damaged[at]! ^ 1;
    writeFileSync(path, damaged);
    expect(opened).toThrow(DamagedJournal);
  }
});

test('a file of another version is refused', () => {
  writeFileSync(path, '{"format":99,"bytes":1}\n');
  expect(opened).toThrow(ForeignJournal);
});

describe('a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

  test('takes the first part of a line: nothing is lost, and the next commit writes all', () => {
    written();
    const journal = opened();
    const before = readFileSync(path);
    const { writeSync } = fs;
    let calls = 0;
    jest.spyOn(fs, 'writeSync').mockImplementation(((
      file: number,
      data: Buffer,
      offset: number,
      _length: number,
      position: number,
    ) => {
      calls += 1;
      if (calls > 1) throw full;
      return writeSync(file, data, offset, 5, position);
    }) as typeof writeSync);
    journal.set('a', '"new"');
    journal.delete('b');
    expect(() => journal.commit()).toThrow(full);
    expect(readFileSync(path)).toEqual(before);
    jest.restoreAllMocks();
    journal.set('c', '1');
    journal.commit();
    journal.close();
    expect(entriesOf(opened())).toEqual([
      ['a', '"new"'],
      ['c', '1'],
    ]);
  });

  test('does not take the file that is written anew: the old one stays', () => {
    const journal = opened(100);
    journal.set('a', JSON.stringify('x'.repeat(50)));
    journal.commit();
    for (let value = 0; value < 5; value += 1) {
      journal.set('a', JSON.stringify(`${value}`.repeat(50)));
      journal.commit();
    }
    jest.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      throw full;
    });
    let failed = 0;
    for (let value = 5; value < 10; value += 1) {
      journal.set('a', JSON.stringify(`${value}`.repeat(50)));
      try {
        journal.commit();
      } catch (error) {
        expect(error).toBe(full);
        failed += 1;
      }
    }
    expect(failed).toBeGreaterThan(0);
    expect(() => statSync(`${path}.new`)).toThrow('ENOENT');
    jest.restoreAllMocks();
    journal.commit();
    journal.close();
    expect(entriesOf(opened())).toEqual([['a', JSON.stringify('9'.repeat(50))]]);
  });
});
