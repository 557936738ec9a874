import { identify, reset, track } from '@nsm/sdk'
import { useState } from 'react'
import { Timer } from './Timer.js'

interface User {
  id: string
  name: string
  plan: 'free' | 'pro'
}

const ADA: User = { id: 'u_ada', name: 'Ada', plan: 'pro' }

export function App() {
  const [user, setUser] = useState<User>()
  const [finished, setFinished] = useState(0)

  function login() {
    identify(ADA.id, { plan: ADA.plan })
    setUser(ADA)
  }

  function logout() {
    reset()
    setUser(undefined)
  }

  function finish(minutes: number) {
    // The value moment: somebody worked without a break for as long as they meant to.
    track('value_moment', { minutes, plan: user?.plan ?? 'free' })
    setFinished((count) => count + 1)
  }

  return (
    <>
      <header>
        <strong>◔ Sundial</strong>
        {user ? (
          <button type="button" onClick={logout}>
            Log out, {user.name}
          </button>
        ) : (
          <button type="button" onClick={login}>
            Log in
          </button>
        )}
      </header>
      <main>
        <h1>One thing, until the sun has moved.</h1>
        <Timer onFinish={finish} onGiveUp={(minutes) => track('session_given_up', { minutes })} />
        <p role="status">{finished === 0 ? 'Nothing finished yet today.' : `${finished} finished today. Well done.`}</p>
      </main>
    </>
  )
}
