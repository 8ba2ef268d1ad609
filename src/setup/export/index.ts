/** Records as texts for other hands: one function a format. */
import { exportBind } from "./bind.ts";
import { exportCloudflare } from "./cloudflare.ts";
import type { ExportRecord } from "./record.ts";
import { exportRoute53 } from "./route53.ts";
import { exportTerraformAws, exportTerraformCloudflare } from "./terraform.ts";
import { exportText } from "./text.ts";

export type ExportFormat =
  "text" | "bind" | "cloudflare" | "route53" | "terraform-aws" | "terraform-cloudflare";

/** Every format: how it is written, and the name of a file that holds it. */
export const EXPORTS: Readonly<
  Record<ExportFormat, { file: string; write: (records: readonly ExportRecord[]) => string }>
> = {
  text: { file: "records.txt", write: exportText },
  bind: { file: "records.zone", write: exportBind },
  cloudflare: { file: "cloudflare.zone", write: exportCloudflare },
  route53: { file: "route53.json", write: exportRoute53 },
  "terraform-aws": { file: "records.tf", write: exportTerraformAws },
  "terraform-cloudflare": { file: "records.tf", write: exportTerraformCloudflare },
};
