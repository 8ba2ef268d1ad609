/** The JSON Schema of every command's answer, each check's own data included. `npm run schema` prints it into `docs/schema.json`. */
import * as z from "zod";
import { CHECKS } from "../checks/index.ts";
import {
  checkedDomainSchema,
  checkedSchema,
  checkResultSchema,
  checksResultSchema,
} from "../results/check.ts";
import { resultSchema } from "../results/result.ts";

/** What each check's entry holds, by its name. */
function checkedByName(): z.ZodObject {
  return z.object(
    Object.fromEntries(
      Object.entries(CHECKS).map(([name, { schema }]) => [
        name,
        checkedSchema.extend({ data: schema as z.ZodType }),
      ]),
    ),
  );
}

/** JSON Schema (draft 2020-12) of a Result, made from the zod types; plain JSON, the same on every run. */
export function resultJsonSchema(): Record<string, unknown> {
  const checks = checkedByName();
  const others = resultSchema.options.filter(
    (each) => each !== checkResultSchema && each !== checksResultSchema,
  );
  const whole = z.union([
    ...others,
    checkResultSchema.extend({ data: checkResultSchema.shape.data.extend({ checks }) }),
    checksResultSchema.extend({
      data: checksResultSchema.shape.data.extend({
        domains: z.array(checkedDomainSchema.extend({ checks })),
      }),
    }),
  ]);
  return { title: "An answer of Waxseal", ...z.toJSONSchema(whole) };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
