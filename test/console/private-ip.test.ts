import { problemWithAddress, proposals, subnetsWith } from '../../console/src/pages/edit/private-ip';

const A = { id: 'subnet-a', cidrBlock: '10.0.0.0/24' };
const B = { id: 'subnet-b', cidrBlock: '10.0.1.0/28' };

test.each([
  ['', [A], undefined],
  ['10.0.0.42', [A], undefined],
  ['10.0.0.42', [], undefined],
  ['10.0.1.5', [A, B], undefined],
  ['10.0.0.', [A], 'Enter an IPv4 address, like 10.0.0.42.'],
  ['10.0.0.256', [A], 'Enter an IPv4 address, like 10.0.0.42.'],
  ['010.0.0.1', [A], 'Enter an IPv4 address, like 10.0.0.42.'],
  ['10.0.0.3', [A], '10.0.0.3 is one of the five addresses of 10.0.0.0/24 that AWS reserves.'],
  ['10.0.0.255', [A], '10.0.0.255 is one of the five addresses of 10.0.0.0/24 that AWS reserves.'],
  ['10.0.1.16', [A, B], '10.0.1.16 lies outside 10.0.0.0/24, and lies outside 10.0.1.0/28.'],
])('%j in %j: %s', (address, subnets, problem) => {
  expect(problemWithAddress(address, subnets)).toBe(problem);
});

test('the subnet of an address', () => {
  expect(subnetsWith('10.0.1.5', [A, B])).toEqual([B]);
  expect(subnetsWith('10.0.1.', [A, B])).toEqual([]);
});

describe('proposals', () => {
  test('are addresses that the subnet can give and nobody has', () => {
    expect(proposals('', [A], new Set(['10.0.0.11']), 3)).toEqual(['10.0.0.10', '10.0.0.12', '10.0.0.13']);
  });

  test('begin with what was typed', () => {
    expect(proposals('10.0.0.25', [A], new Set(), 9)).toEqual([
      '10.0.0.25',
      '10.0.0.250',
      '10.0.0.251',
      '10.0.0.252',
      '10.0.0.253',
      '10.0.0.254',
    ]);
  });

  test('come from every subnet, and never from what AWS reserves', () => {
    const all = proposals('', [B], new Set(), 100);
    expect(all).toHaveLength(11);
    expect(all).not.toContain('10.0.1.15');
    expect(all).not.toContain('10.0.1.3');
    expect(proposals('10.0.1', [A, B], new Set(), 1)).toEqual(['10.0.1.10']);
  });
});
