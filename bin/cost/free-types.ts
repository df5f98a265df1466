/** What a template has and nobody is charged for, with the reason. A type that is neither here nor priced is said. */
const PART_OF_THE_API = 'part of an API, which is charged by request';
const RIGHTS = 'rights cost nothing';
const PART_OF_THE_NETWORK = 'part of the network; addresses and gateways cost, and there is no NAT gateway';
const RELEASES = 'releases of functions are free; invocations are counted with the functions';

export const FREE: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': PART_OF_THE_API,
  'AWS::ApiGateway::Authorizer': PART_OF_THE_API,
  'AWS::ApiGateway::Deployment': PART_OF_THE_API,
  'AWS::ApiGateway::GatewayResponse': PART_OF_THE_API,
  'AWS::ApiGateway::Method': PART_OF_THE_API,
  'AWS::ApiGateway::Resource': PART_OF_THE_API,
  'AWS::ApiGateway::Stage': PART_OF_THE_API,
  'AWS::ApiGatewayV2::Integration': PART_OF_THE_API,
  'AWS::ApiGatewayV2::Route': PART_OF_THE_API,
  'AWS::ApiGatewayV2::Stage': PART_OF_THE_API,
  'AWS::CodeDeploy::Application': RELEASES,
  'AWS::CodeDeploy::DeploymentGroup': RELEASES,
  'AWS::EC2::FlowLog': 'of refused packets alone, of which nearly none come',
  'AWS::EC2::InternetGateway': PART_OF_THE_NETWORK,
  'AWS::EC2::Route': PART_OF_THE_NETWORK,
  'AWS::EC2::RouteTable': PART_OF_THE_NETWORK,
  'AWS::EC2::SecurityGroup': PART_OF_THE_NETWORK,
  'AWS::EC2::Subnet': PART_OF_THE_NETWORK,
  'AWS::EC2::SubnetRouteTableAssociation': PART_OF_THE_NETWORK,
  'AWS::EC2::VPC': PART_OF_THE_NETWORK,
  'AWS::EC2::VPCEndpoint': 'a gateway endpoint, which is free',
  'AWS::EC2::VPCGatewayAttachment': PART_OF_THE_NETWORK,
  'AWS::ECS::TaskDefinition': 'its tasks are charged with the service',
  'AWS::Events::Rule': 'events are charged where they are published',
  'AWS::IAM::Policy': RIGHTS,
  'AWS::IAM::Role': RIGHTS,
  'AWS::Lambda::Alias': RELEASES,
  'AWS::Lambda::EventInvokeConfig': 'a setting',
  'AWS::Lambda::Permission': RIGHTS,
  'AWS::Lambda::Version': RELEASES,
  'AWS::S3::BucketPolicy': RIGHTS,
  'AWS::SNS::Topic': 'messages are charged by subscription',
  'AWS::SNS::TopicPolicy': RIGHTS,
  'AWS::SQS::QueuePolicy': RIGHTS,
  'AWS::SSM::Parameter': 'standard parameters are free',
};
