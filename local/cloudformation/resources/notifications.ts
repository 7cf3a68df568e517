import { z } from 'zod';
import { named, nameOf, propertiesOf, type ResourceMaker, withoutEffect } from '../resource-type.ts';

const topicSchema = z.strictObject({
  TopicName: z.string().optional(),
  Subscription: z.array(z.strictObject({ Protocol: z.string(), Endpoint: z.string() })).optional(),
  ...withoutEffect({
    DisplayName: 'no message is sent to a telephone',
    KmsMasterKeyId: 'messages lie on the disk as they are',
    TracingConfig: 'it only watches',
    Tags: 'nothing reads them',
  }),
});

/** AWS::SNS::Topic */
export const topic: ResourceMaker = async (declared, { services }) => {
  const { TopicName, Subscription = [] } = propertiesOf(topicSchema, declared);
  const name = nameOf(declared, TopicName, 256);
  const arn = await named(declared, services.putTopic(name));
  for (const { Protocol, Endpoint } of Subscription) {
    await named(declared, services.putSubscription(arn, Protocol, Endpoint));
  }
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
};

const subscriptionSchema = z.strictObject({ TopicArn: z.string(), Protocol: z.string(), Endpoint: z.string() });

/** AWS::SNS::Subscription */
export const topicSubscription: ResourceMaker = async (declared, { services }) => {
  const { TopicArn, Protocol, Endpoint } = propertiesOf(subscriptionSchema, declared);
  const arn = await named(declared, services.putSubscription(TopicArn, Protocol, Endpoint));
  return { ref: arn, attributes: { Arn: arn } };
};
