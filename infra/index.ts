/** What the package offers to other CDK apps: docs/library.md. */
export { Holdfast, type HoldfastProps } from './holdfast';
export { HoldfastStack, type HoldfastStackProps } from './holdfast-stack';
export { StatefulNode, type NodeDeletion, type StatefulNodeProps } from './stateful-node';
