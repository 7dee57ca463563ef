/** Imports run one way; every rule says why. `npm run check:imports` holds the code to it. */
const ENTRIES = '^lambdas/(api|steps|reconciler|wake-waiter|console)/handler\\.ts$';
/** What carries a step, and is none. */
const BESIDE_STEPS = '^lambdas/steps/(handler|steps|step-event|log-lines)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that import each other are one file, and neither can be read or tested alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that no other file imports and that imports none is dead, or its wiring was forgotten.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^test/'] },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'What cannot be found here cannot be found when deployed.',
      severity: 'error',
      from: {},
      // A virtual module is made by the build.
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'domain-stands-alone',
      comment:
        'Decisions are pure: no SDK, no environment, no clock. zod states what a document is and ipaddr.js does ' +
        'address arithmetic; both are pure too.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', '(^|/)node_modules/(zod|ipaddr\\.js)/'] },
    },
    {
      name: 'sdk-behind-adapters',
      comment:
        'Only the adapters, and the runtime with their clients, speak AWS: everything else speaks of the ' +
        'domain through ports, and error codes are mapped in one place. (The simulator, the local control plane and ' +
        'the fault simulation stand in for the SDK and for people who use it, so they know it. The smoke test looks at ' +
        'the account beside Holdfast, so that Holdfast does not judge itself, and the benchmark compares Holdfast with a ' +
        'script that does without it.)',
      severity: 'error',
      from: {
        pathNot: [
          '^lambdas/adapters/',
          '^lambdas/(clients|runtime)\\.ts$',
          '^(simulator|local|fault-simulation)/',
          '^cli/connection/',
          '^scripts/smoke/account/',
          '^scripts/bench/baseline\\.ts$',
          '^test/',
        ],
      },
      to: { path: '(^|/)node_modules/@aws-sdk/' },
    },
    {
      name: 'cli-knows-the-api-only',
      comment:
        'The command line is a client like any other: what it knows of Holdfast is the OpenAPI document, from which ' +
        'its types are generated. If it imported our code, it could rely on what other clients do not get.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(domain|lambdas|infra|simulator|local|fault-simulation|exploration|scripts|test)/' },
    },
    {
      name: 'cli-has-libraries-of-its-own',
      comment:
        'They are among `dependencies`, because users run the command line from the clone. Functions do not ship them.',
      severity: 'error',
      from: { path: ['^domain/', '^lambdas/', '^infra/'] },
      to: {
        path: '(^|/)node_modules/(commander|openapi-fetch|tsx|@smithy/signature-v4|@aws-sdk/client-cloudformation)/',
      },
    },
    {
      name: 'cli-is-not-imported',
      comment:
        'It is the outermost layer: a user runs it, and its tests import it. The smoke test is a client too: it finds the ' +
        'deployment and calls the API as the command line does.',
      severity: 'error',
      from: { pathNot: ['^cli/', '^scripts/smoke/', '^test/'] },
      to: { path: '^cli/', pathNot: '^cli/api/schema\\.d\\.ts$' },
    },
    {
      name: 'cli-commands-do-not-speak-to-aws',
      comment:
        'Commands call the API. Only the connection looks into the AWS account, to find the API. The kinds of arguments ' +
        'and the output know neither.',
      severity: 'error',
      from: {
        path: '^cli/(commands|command-line|documents|nodes|output)/',
        pathNot: '^cli/command-line/context\\.ts$',
      },
      to: { path: '^cli/connection/' },
    },
    {
      name: 'cli-output-is-pure',
      comment: 'Tables and styles are functions of what they show, so that a test can show them anything.',
      severity: 'error',
      from: { path: '^cli/output/' },
      to: { path: '^cli/', pathNot: '^cli/output/' },
    },
    {
      name: 'steps-do-not-call-steps',
      comment: 'State machines compose steps. A step that calls another is a workflow that no definition shows.',
      severity: 'error',
      from: { path: '^lambdas/steps/', pathNot: BESIDE_STEPS },
      to: { path: '^lambdas/steps/', pathNot: BESIDE_STEPS },
    },
    {
      name: 'steps-take-ports',
      comment: 'A step is handed what it may use, so that a test can hand it something else.',
      severity: 'error',
      from: { path: '^lambdas/steps/', pathNot: BESIDE_STEPS },
      to: { path: ['^lambdas/adapters/', '^lambdas/(clients|runtime)\\.ts$'] },
    },
    {
      name: 'entries-are-not-imported',
      comment: 'An entry is what Lambda calls. What two of them share belongs in a file of its own.',
      severity: 'error',
      from: { path: ['^lambdas/', '^domain/'] },
      to: { path: ENTRIES },
    },
    {
      name: 'functions-do-not-import-each-other',
      comment:
        'Each of these folders is one deployed function. What two of them share belongs in lambdas/operation/, which in turn ' +
        'knows none of them.',
      severity: 'error',
      from: { path: '^lambdas/(api|steps|reconciler|wake-waiter|operation)/' },
      to: { path: '^lambdas/(api|steps|reconciler|wake-waiter)/', pathNot: '^lambdas/$1/' },
    },
    {
      name: 'adapters-serve-every-function',
      comment: 'An adapter implements a port for any caller: if it knew one, the dependency would be turned round.',
      severity: 'error',
      from: { path: '^lambdas/adapters/' },
      to: { path: '^lambdas/', pathNot: '^lambdas/(adapters/|monitoring/|ports\\.ts$|runtime\\.ts$)' },
    },
    {
      name: 'operation-takes-ports',
      comment: 'Shared code is handed what it may use, like the steps that call it.',
      severity: 'error',
      from: { path: '^lambdas/operation/' },
      to: { path: ['^lambdas/adapters/', '^lambdas/(clients|runtime)\\.ts$'] },
    },
    {
      name: 'config-room',
      comment: 'The document stands alone: what a node is to be does not depend on what it is.',
      severity: 'error',
      from: { path: '^domain/config/' },
      to: { path: '^domain/', pathNot: '^domain/config/' },
    },
    {
      name: 'node-room',
      comment: 'The record and what is seen of AWS know the document, and nothing of what is done with them.',
      severity: 'error',
      from: { path: '^domain/node/' },
      to: { path: '^domain/', pathNot: '^domain/((config|node)/|errors\\.ts$)' },
    },
    {
      name: 'operation-room',
      comment: 'Imports, costs and the reconciliation are made of operations, and not the other way round.',
      severity: 'error',
      from: { path: '^domain/operation/' },
      to: { path: '^domain/(import|costs|monitoring|reconciliation)/' },
    },
    {
      name: 'monitoring-room',
      comment: 'What is measured depends on operations and on which instances were used. No decision depends on it.',
      severity: 'error',
      from: { path: '^domain/monitoring/' },
      to: { path: '^domain/', pathNot: '^domain/(config|costs|node|operation|monitoring)/' },
    },
    {
      name: 'monitoring-is-below-the-functions',
      comment: 'Logs and metrics serve every function, so they know none.',
      severity: 'error',
      from: { path: '^lambdas/monitoring/' },
      to: { path: '^lambdas/', pathNot: '^lambdas/(monitoring/|ports\\.ts$)' },
    },
    {
      name: 'records-room',
      comment: 'How records are stored is decided at the edge: a decision meets a record that has been read.',
      severity: 'error',
      from: { path: '^domain/', pathNot: '^domain/records/' },
      to: { path: '^domain/records/' },
    },
    {
      name: 'import-and-costs-rooms',
      comment: 'Neither is part of the other, and the reconciliation stands above both.',
      severity: 'error',
      from: { path: '^domain/(import|costs)/' },
      to: { path: '^domain/(import|costs|reconciliation)/', pathNot: '^domain/$1/' },
    },
    {
      name: 'deployed-code-stands-alone',
      comment: 'What runs in AWS must not need what describes it, simulates it or tests it.',
      severity: 'error',
      from: { path: ['^domain/', '^lambdas/'] },
      to: { path: '^(infra|simulator|local|fault-simulation|exploration|scripts|test)/' },
    },
    {
      name: 'deployed-code-has-dependencies',
      comment: 'Deployed code may use only `dependencies`: development tools are not shipped. Types vanish.',
      severity: 'error',
      from: { path: ['^domain/', '^lambdas/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'infra-names-code-by-path',
      comment:
        'The CDK app names entries by path: importing code would run it at synthesis. Only the names that policies and ' +
        'alarms share with the code are imported, from where they are defined, because a second definition could differ.',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(domain|lambdas|simulator|local|fault-simulation|exploration|scripts|test)/',
        pathNot:
          '^domain/(monitoring/metrics|node/stateful-node|operation/trigger|config/node-config|records/node-index)\\.ts$',
      },
    },
    {
      name: 'console-knows-the-api-only',
      comment:
        'The console is a client like the command line: it knows the OpenAPI document, from which its types are generated, ' +
        'and holds no rule about nodes. Which addresses of a subnet can be given is arithmetic, and the same as in the API. ' +
        'Only its build runs in Node.',
      severity: 'error',
      from: { path: '^console/src/' },
      to: {
        path: '^(domain|lambdas|infra|simulator|local|fault-simulation|exploration|scripts|cli|test)/',
        pathNot: ['^cli/api/schema\\.d\\.ts$', '^domain/node/assignable-address\\.ts$'],
      },
    },
    {
      name: 'console-is-not-imported',
      comment: 'What needs the console needs its built files: the build makes them. Tests look at its pure parts.',
      severity: 'error',
      from: { pathNot: ['^console/', '^test/'] },
      to: { path: '^console/src/' },
    },
    {
      name: 'simulator-is-independent',
      comment:
        'The simulator judges the code that runs on it. It knows AWS, and nothing of what the code believes of AWS.',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(domain|lambdas|infra|local|fault-simulation|exploration|scripts|test)/' },
    },
    {
      name: 'simulated-services-stand-apart',
      comment:
        'Each of these folders plays one AWS service. What they share is time, JSON, the template, the form of events and the ' +
        'questions that every service asks IAM; the wiring of one to another is local/.',
      severity: 'error',
      from: { path: '^simulator/(ec2|step-functions|event-bridge|api-gateway|dynamodb|services)/' },
      to: {
        path: '^simulator/(ec2|step-functions|event-bridge|api-gateway|dynamodb|services)/',
        pathNot: '^simulator/$1/',
      },
    },
    {
      name: 'simulated-services-are-built-on',
      comment: 'What every simulated service is built on knows none of them.',
      severity: 'error',
      from: { path: '^simulator/(time|iam|cloudformation)/|^simulator/[^/]+$' },
      to: { path: '^simulator/(ec2|step-functions|event-bridge|api-gateway|dynamodb|services)/' },
    },
    {
      name: 'wiring-knows-no-server',
      comment:
        'The server is one user of the local control plane, beside the tests, the demo and the fault simulation.',
      severity: 'error',
      from: { path: '^local/[^/]+$' },
      to: { path: '^local/server/' },
    },
    {
      name: 'local-finds-entries-in-the-template',
      comment:
        'The local control plane loads what the synthesised template names. An import of its own would be a second ' +
        'wiring, which can differ from the deployed one.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: ['^lambdas/(steps|adapters)/', ENTRIES] },
    },
    {
      name: 'a-scenario-is-data',
      comment: 'What is to happen is drawn before anything happens, and can be printed, kept and replayed.',
      severity: 'error',
      from: { path: '^fault-simulation/scenario/' },
      to: { path: '^fault-simulation/(facts|play|checks)/|^fault-simulation/[^/]+$' },
    },
    {
      name: 'facts-are-of-what-happened',
      comment: 'What a run writes down about itself knows neither what made it happen nor who judges it.',
      severity: 'error',
      from: { path: '^fault-simulation/facts/' },
      to: { path: '^fault-simulation/(play|checks)/|^fault-simulation/[^/]+$' },
    },
    {
      name: 'a-play-does-not-judge',
      comment: 'What makes things happen writes down what it did; the checks read that, and not the other way round.',
      severity: 'error',
      from: { path: '^fault-simulation/play/' },
      to: { path: '^fault-simulation/checks/|^fault-simulation/[^/]+$' },
    },
    {
      name: 'checks-run-nothing',
      comment: 'A check is a function of what is there to see, so that a test can show it anything.',
      severity: 'error',
      from: { path: '^fault-simulation/checks/' },
      to: { path: '^fault-simulation/play/|^fault-simulation/[^/]+$' },
    },
    {
      name: 'exploration-stands-apart',
      comment:
        'The explorer judges the same code as the simulation, on an EC2 of its own: what one of them gets wrong, the other ' +
        'does not. It runs on the ports, so it needs no SDK.',
      severity: 'error',
      from: { path: '^exploration/' },
      to: {
        path: '^(simulator|local|fault-simulation)/|^lambdas/(adapters/|(clients|runtime)\\.ts$)|(^|/)node_modules/@aws-sdk/',
      },
    },
    {
      name: 'exploration-is-not-imported',
      comment: 'Only its command and its tests run the explorer.',
      severity: 'error',
      from: { pathNot: ['^exploration/', '^scripts/', '^test/'] },
      to: { path: '^exploration/' },
    },
    {
      name: 'scripts-and-tests-are-not-imported',
      comment: 'A script is run by a person and a test by the runner: code that they share is a module.',
      severity: 'error',
      from: { pathNot: ['^test/', '^scripts/'] },
      to: { path: '^(scripts|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // A type-only import is a dependency of the reader, though not of the machine.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};
