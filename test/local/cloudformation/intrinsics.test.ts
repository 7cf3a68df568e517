// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how templates refer to things
import { describe, expect, test } from '@jest/globals';
import { evaluateCondition, resolve, type Scope } from '../../../local/cloudformation/intrinsics.ts';
import { TemplateError, type TemplateValue } from '../../../local/cloudformation/template.ts';

const refs: Record<string, TemplateValue> = { Table: 'jobs', 'AWS::Region': 'eu-west-1', List: ['a', 'b'] };
const scope: Scope = {
  ref: (name) => refs[name],
  attribute(logicalId, attribute) {
    return `${logicalId}/${attribute}`;
  },
  mapping: (map, first, second) => (map === 'Sizes' && first === 'eu-west-1' && second === 'n' ? 7 : undefined),
  condition: (name) => name === 'Yes',
};

describe('intrinsic functions', () => {
  test.each<[string, TemplateValue, TemplateValue | undefined]>([
    ['text as it is', 'plain', 'plain'],
    ['Ref', { Ref: 'Table' }, 'jobs'],
    ['Ref to no value', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role/Arn'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Nested.Outputs.Arn' }, 'Nested/Outputs.Arn'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 3]] }, 'a-jobs-3'],
    ['Join of a list that is referred to', { 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
    [
      'Sub',
      { 'Fn::Sub': ['arn:${AWS::Region}:${Own}:${Role.Arn}:${!Literal}:${Table}', { Own: { Ref: 'Table' } }] },
      'arn:eu-west-1:jobs:Role/Arn:${Literal}:jobs',
    ],
    ['Sub as text', { 'Fn::Sub': '${Table}!' }, 'jobs!'],
    ['Select and Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'x:y:z'] }] }, 'y'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'n'] }, 7],
    ['Base64', { 'Fn::Base64': { Ref: 'Table' } }, 'am9icw=='],
    ['If', { 'Fn::If': ['Yes', { Ref: 'Table' }, { Ref: 'Nowhere' }] }, 'jobs'],
    ['If without a value', { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, undefined],
    ['an object with more than one member is no call', { Ref: 'Table', other: 1 }, { Ref: 'Table', other: 1 }],
  ])('%s', (_, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  test.each<[TemplateValue, RegExp]>([
    [{ Ref: 'Nowhere' }, /"Nowhere" is referred to/],
    [{ 'Fn::Sub': '${Nowhere}' }, /"Nowhere" is referred to/],
    [{ 'Fn::ImportValue': 'x' }, /ImportValue is not supported.*one stack/],
    [{ 'Fn::GetAZs': '' }, /Fn::GetAZs is not supported/],
    [{ 'Fn::Select': [5, ['a']] }, /no element 5 of 1/],
    [{ 'Fn::FindInMap': ['Sizes', 'mars', 'n'] }, /finds nothing at Sizes\.mars\.n/],
    [{ 'Fn::Join': ['', 'text'] }, /Fn::Join takes a list/],
  ])('%j is an error that says why', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(TemplateError);
    expect(() => resolve(value, scope)).toThrow(message);
  });
});

test.each<[TemplateValue, boolean]>([
  [{ 'Fn::Equals': [{ Ref: 'Table' }, 'jobs'] }, true],
  [{ 'Fn::Equals': [1, '1'] }, true],
  [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  [{ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] }, true],
])('the condition %j is %s', (condition, expected) => {
  expect(evaluateCondition(condition, scope)).toBe(expected);
});
