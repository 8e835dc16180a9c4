// A certified OpenID provider (https://github.com/panva/node-oidc-provider) with its own pages for signing in:
// node serve.js PORT REDIRECT. Whoever signs in as "adviser" has that role, and so on; others have none.
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const ROLES = new Set(["adviser", "steward", "administrator"]);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: "matchmaker", client_secret: "of-the-tests-only", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], roles: ["roles"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["of-the-tests-only"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, roles: ROLES.has(id) ? [id] : [] }),
  }),
  pkce: { required: () => true },
});

provider.listen(Number(port), "localhost", () => process.stdout.write("listening\n"));
