// A provider of identities for tests: the certified implementation `oidc-provider`, with its own pages for logging in, which
// let anybody in under any name. Prints its address once it listens; ends with its standard input.
import Provider from 'oidc-provider'

const [redirect, secret] = process.argv.slice(2)

const provider = new Provider('http://127.0.0.1', {
  clients: [
    {
      client_id: 'touchline',
      client_secret: secret,
      redirect_uris: [redirect],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  // In the identity token, as this program reads it.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  // Whoever logs in is known by the name that was typed.
  async findAccount(_, id) {
    const claims = () => ({
      sub: id,
      preferred_username: id,
      email: `${id}@example.org`,
      email_verified: false,
      groups: id === 'boss' ? ['staff', 'all'] : ['all'],
    })
    return { accountId: id, claims }
  },
})

provider.on('server_error', (_, error) => console.error(error))

const server = provider.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  // The port is known only now.
  provider.issuer = issuer
  console.log(issuer)
})
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
