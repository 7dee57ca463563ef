import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Holdfast, type HoldfastProps } from './holdfast';
import { StackOutputs } from './stack-outputs';

/** The choices of the deployment, and the settings of any stack. */
export interface HoldfastStackProps extends StackProps, HoldfastProps {}

/** A stack with Holdfast alone. */
export class HoldfastStack extends Stack {
  constructor(scope: Construct, id: string, props: HoldfastStackProps = {}) {
    super(scope, id, props);
    // Logical ids leave out the id Default. So the resources have the same as if the stack made them itself, and a
    // deployment from before the construct existed keeps its table.
    new StackOutputs(this, new Holdfast(this, 'Default', props));
  }
}
