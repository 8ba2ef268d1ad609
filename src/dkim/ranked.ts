/** Selectors that are in use, most likely first: the literal ones of facts/dkim-selectors.json (2026-11) by `rank_hint`. */

/** Lower-case, each once. Only a guess: not one of them answering proves nothing. */
export const RANKED_SELECTORS: readonly string[] = (
  "default mail k1 s1 selector1 google selector2 s2 dkim mandrill k2 k3 " +
  "smtp cm smtpapi pm email mailjet mx key1 protonmail m1 dk key2 " +
  "krs mailo zendesk1 pic 200608 hs1 hs2 kl intercom fm2 zendesk2 resend " +
  "protonmail3 fm1 acdkim1 sig1 kl2 litesrv zoho mg protonmail2 fm3 mte1 zmail " +
  "ctct1 ctct2 key3 mlsend2 pdk1 pdk2 mte2 brevo1 brevo2 secureserver1 secureserver2 titan1 " +
  "acdkim2 cf2024-1 rwmt1 rwmt2 20230601 everlytickey1 10dkim1 sailthru neolane 11dkim1 50dkim1 api " +
  "12dkim1 qualtrics 20221208 20210112 everlytickey2 sign strong1 cka x firebase2 amazonses dkim1 " +
  "dkim2 51dkim1 firebase1 selector s3 squarespace pps1 selector3 ses mimecast eversrv sel1 " +
  "key4 dkim02 dkim03 aweber_key_a aweber_key_b aweber_key_c e2ma-k1 e2ma-k2 e2ma-k3 mailpoet1 mailpoet2 proofpoint " +
  "sl e1 e2 mlsend smtp2 sf1 sf2 salesforce salesforce1 salesforce2 salesforcealt wpcloud1 " +
  "wpcloud2 sender ms ovhmo-selector-1 ovhmo-selector-2 namkey1 namkey2 fpnamkey1 fpnamkey2 dkimprovmx1 dkimprovmx2 strong2 " +
  "gor gor2 eo clk clk2 cio ppk1 pphosted ipz1 ipz2 xq x1 " +
  "x2 s1-ionos s2-ionos s42582890 km1 km2 kt1 kt2 ks1 ks2 rly rly2 " +
  "fwdkim xmit frappemail-r stalwart postal-wesender mango-1 mango-2 mango-3 smtp1 pblin1 pblin2 autosend " +
  "sendkit mailrify mailblastr mailglyph mailsoftly jetemail mkt1 mkt2 tosend reloop mn vip " +
  "oe1 oe2 shipmail kw kw2 md md2 bbeam cdg websitetoolbox unosend 20251104 " +
  "s1024 mxvault s2048 mta spop1024 dkim1024 20161025 sm gears ml ep1 0 " +
  "spop v1 mindbox dk2016 fnc ei nc2048 dk1024-2012 ed-dkim-v3 ngpweb3 sim us " +
  "ap3 bdk proddkim1024 emv fnt mixpanel ed-dkim pepipost sg m2 mail2 cs2013 " +
  "dmddkim fde class dyn ecm1 pp-dkim1 sv mailgun mailing nc pg pp-epsilon1 " +
  "sendgrid s1024a mail1 smtpout dkimrnt spop2048 prod 1522905413783 15below crisp d2048-1 mailchimp " +
  "s d4815 mailmodo medalliadefault memdkim s1024-1.bh salesmanago turbo-smtp postmark sparkpost postfix mx1 " +
  "mx2 dksel primary test k4 k5 s512 s768 google1 google2 outbound a1 " +
  "hubspot mimecast20190104 mimecast20180924 mkto constantcontact key sel2 dkimmail main m m101 m102 " +
  "dkim2048 google2048 responsys smtpcomcustomers mesmtp news smtp2go zendesk messagelabs barracuda sable clab1 " +
  "crsend tutanota mailfence posteo hushmail klaviyo zohomail proofpoint1 pp1 mimecast20190719 mimecast20200619 marketo " +
  "pardot exacttarget sfmc campaignmonitor customerio convertkit freshdesk helpscout calendly braze iterable omnisend " +
  "gapps ga1 shopify square stripe wix 20120113"
).split(" ");
