/** The explorer itself: tiny worlds with known answers, and faults planted in EC2 and in a definition that it must find. */
import type { Ports } from '../../lambdas/ports';
import type * as AbstractEc2 from '../../exploration/abstract-ec2';
import type { Immediate } from '../../exploration/abstract-ec2';
import type { Definitions, TaskState } from '../../exploration/definition';
import { Explorer, type Exploration } from '../../exploration/explore';
import { tell } from '../../exploration/story';
import type { State } from '../../exploration/state';
import { deployedDefinitions, SMALL } from '../../exploration/worlds';
import type { World } from '../../exploration/world';

type Instances = Immediate<Ports['instances']>;
type Interfaces = Immediate<Ports['interfaces']>;
type ElasticIps = Immediate<Ports['elasticIps']>;

/** What EC2 does otherwise than it should. */
const mockPlanted: {
  instances?: (real: Instances, state: State) => Partial<Instances>;
  interfaces?: (real: Interfaces) => Partial<Interfaces>;
  elasticIps?: (real: ElasticIps) => Partial<ElasticIps>;
} = {};

jest.mock('../../exploration/abstract-ec2', () => {
  const real = jest.requireActual<typeof AbstractEc2>('../../exploration/abstract-ec2');
  return {
    ...real,
    instancesIn: (state: State) => {
      const port = real.instancesIn(state);
      return { ...port, ...mockPlanted.instances?.(port, state) };
    },
    interfacesIn: (state: State) => {
      const port = real.interfacesIn(state);
      return { ...port, ...mockPlanted.interfaces?.(port) };
    },
    elasticIpsIn: (state: State) => {
      const port = real.elasticIpsIn(state);
      return { ...port, ...mockPlanted.elasticIps?.(port) };
    },
  };
});

afterEach(() => {
  delete mockPlanted.instances;
  delete mockPlanted.interfaces;
  delete mockPlanted.elasticIps;
});

const AT_REST: World = {
  name: 'at-rest',
  about: 'Nothing happens',
  nodes: [{ start: 'active', attachment: 'hot', elasticIp: 'eipalloc-00000000000000001' }],
  bounds: {},
  grain: { step: 'write', api: 'write', wake: 'whole', reconcile: 'whole' },
};
const RECYCLED: World = { ...AT_REST, name: 'recycled', bounds: { wishes: 1 }, wishes: [{ node: 0, kind: 'recycle' }] };

function explore(world: World, definitions = deployedDefinitions()): Promise<Exploration> {
  return new Explorer(world, definitions).explore();
}

describe('a world with a known answer', () => {
  it('has one state if nothing may happen', async () => {
    await expect(explore(AT_REST)).resolves.toMatchObject({
      states: 1,
      transitions: 0,
      rests: 1,
      isComplete: true,
      violations: [],
    });
  });

  it('has two states if a user may ask once for what is there already', async () => {
    const world: World = { ...AT_REST, bounds: { wishes: 1 }, wishes: [{ node: 0, kind: 'resume' }] };

    await expect(explore(world)).resolves.toMatchObject({ states: 2, transitions: 1, rests: 2, violations: [] });
  });

  it('has a state more for each time that the user may ask again', async () => {
    const world: World = { ...AT_REST, bounds: { wishes: 4 }, wishes: [{ node: 0, kind: 'resume' }] };

    await expect(explore(world)).resolves.toMatchObject({ states: 5, transitions: 4, rests: 5, violations: [] });
  });

  it('is not complete if it may not have enough states', async () => {
    const limited = await new Explorer(RECYCLED, deployedDefinitions()).explore({ states: 5 });

    expect(limited).toMatchObject({ isComplete: false, violations: [] });
  });

  it('holds if a user recycles the node, and every way ends', async () => {
    const found = await explore(RECYCLED);

    expect(found).toMatchObject({ isComplete: true, violations: [] });
    expect(found.taken).toContain(
      'replace: Hot: detach the persisted ENI -> Hot: attach the ENI and reassociate the EIP',
    );
  });
});

describe('a fault in EC2', () => {
  it('a launch under another token than it was asked for is lost sight of', async () => {
    mockPlanted.instances = (real, state) => ({
      launch: (request) => real.launch({ ...request, clientToken: `another-${state.next}` }),
    });
    const world = SMALL.find(({ name }) => name === 'first-launch-cold')!;

    const { violations } = await explore(world);
    expect(violations[0]?.what).toMatch(/^i-\d+ was made for smi-00000001, and its record does not know it$/);
  });

  it('an interface that is never attached leaves a node in ERROR', async () => {
    const explorer = new Explorer(RECYCLED, deployedDefinitions());
    const begin = await explorer.start();
    jest.spyOn(explorer, 'start').mockResolvedValue(begin);
    mockPlanted.interfaces = () => ({ attach: () => true });

    const { violations } = await explorer.explore();
    expect(violations[0]?.what).toMatch(/^smi-00000001 is in ERROR without a cause: replace failed: NotReady/);
  });

  it('an Elastic IP that goes nowhere leaves a node in ERROR', async () => {
    const explorer = new Explorer(RECYCLED, deployedDefinitions());
    const begin = await explorer.start();
    jest.spyOn(explorer, 'start').mockResolvedValue(begin);
    mockPlanted.elasticIps = (real) => ({
      associate: () => undefined,
      observe: (id) => ({ allocationId: id, publicIp: real.observe(id)?.publicIp ?? '' }),
    });

    const { violations } = await explorer.explore();
    expect(violations[0]?.what).toMatch(/^smi-00000001 is in ERROR without a cause/);
  });
});

it('a world that does not even begin well is a violation', async () => {
  mockPlanted.interfaces = () => ({ attach: () => true });

  await expect(explore(AT_REST)).resolves.toMatchObject({
    states: 0,
    violations: [{ what: 'the world does not come to its first rest: it stays bad', path: [] }],
  });
});

it('a call that the explorer does not play is a violation, and no answer to the function', async () => {
  const explorer = new Explorer(RECYCLED, deployedDefinitions());
  const begin = await explorer.start();
  jest.spyOn(explorer, 'start').mockResolvedValue(begin);
  mockPlanted.interfaces = () => ({
    attach: () => {
      throw new RangeError('interfaces.attach is not played');
    },
  });

  const { violations } = await explorer.explore();
  expect(violations.map(({ what }) => what)).toEqual(['cannot be explored: interfaces.attach is not played']);
});

describe('a fault in a definition', () => {
  /** The replacement's definition, with another form of one of its tasks. */
  function definitionsWith(name: string, change: (task: TaskState) => TaskState): Definitions {
    const deployed = deployedDefinitions();
    const { States } = deployed.replace;
    const changed = { ...deployed.replace, States: { ...States, [name]: change(States[name] as TaskState) } };
    return { ...deployed, replace: changed };
  }

  it('a task that leads to itself is a cycle without a wait', async () => {
    const definitions = definitionsWith('Hot: detach the persisted ENI', (task) => ({
      ...task,
      Next: 'Hot: detach the persisted ENI',
    }));

    const { violations } = await explore(RECYCLED, definitions);
    expect(violations.map(({ what }) => what)).toContain('steps run in a cycle without a wait');
  });

  it('a path to nothing cannot be followed', async () => {
    const definitions = definitionsWith('Hot: launch the replacement', (task) => ({ ...task, ResultPath: null }));

    const { violations } = await explore(RECYCLED, definitions);
    expect(violations.map(({ what }) => what)).toEqual([
      'cannot be explored: States.ParameterPathFailure: $.launch.outcome',
    ]);
  });

  it('an operation that ends before its node does leaves nothing to finish it without the reconciler', async () => {
    const definitions = definitionsWith('Hot: attach the ENI and reassociate the EIP', (task) => ({
      ...task,
      Next: 'Nothing to do',
    }));

    const { violations } = await explore({ ...RECYCLED, reconciler: false }, definitions);
    expect(violations.map(({ what }) => what)).toEqual(['no good rest can be reached from here, whatever happens']);
  });
});

describe('the story of a violation', () => {
  it('follows its path, and ends with the violation', async () => {
    const explorer = new Explorer(RECYCLED, deployedDefinitions());
    const begin = await explorer.start();
    jest.spyOn(explorer, 'start').mockResolvedValue(begin);
    mockPlanted.interfaces = () => ({ attach: () => true });
    const [violation] = (await explorer.explore()).violations;

    const story = await tell(explorer, violation!.path);
    expect(story.lines[0]).toBe('10:30  a user asks for recycle of smi-00000001');
    expect(story.lines.at(-1)).toMatch(/fail-operation: nodes save smi-00000001$/);
    expect(story.violations).toEqual([violation!.what]);
  });

  it('is refused if the path leaves the world', async () => {
    const explorer = new Explorer(RECYCLED, deployedDefinitions());

    await expect(tell(explorer, [0, 99])).rejects.toThrow('step 2 of the path: there is no action 99');
  });
});
