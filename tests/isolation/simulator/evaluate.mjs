// Reads one request a line from standard input, as JSON, and writes its decision as a line of JSON.
//
// A request is {principal, account, action, resource, context, policies: [{name, policy}], boundary, resourcePolicy};
// a decision is {result: "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied" | "error", detail}.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

async function decide(asked) {
  const answer = await runSimulation(
    {
      request: {
        principal: asked.principal,
        action: asked.action,
        resource: { resource: asked.resource, accountId: asked.account },
        contextVariables: asked.context
      },
      identityPolicies: asked.policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(asked.boundary ? { permissionBoundaryPolicies: [{ name: 'boundary', policy: asked.boundary }] } : {}),
      ...(asked.resourcePolicy ? { resourcePolicy: asked.resourcePolicy } : {})
    },
    {}
  )
  if (answer.resultType === 'error') return { result: 'error', detail: JSON.stringify(answer.errors) }
  return { result: answer.overallResult, detail: '' }
}

for await (const line of createInterface({ input: process.stdin })) {
  const decision = await decide(JSON.parse(line)).catch((error) => ({ result: 'error', detail: String(error) }))
  process.stdout.write(JSON.stringify(decision) + '\n')
}
