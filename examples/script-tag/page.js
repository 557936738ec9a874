// The made-up product itself. It makes three tracking calls: identify, reset, and a flush for the demo.
const questions = [
  'Which slide would they miss if it were gone?',
  'What would you do if it had to be done in an hour?',
  'Who has had this very problem, and what did they try first?',
  'What are you hoping nobody asks?',
  'What is the smallest piece you could finish today?',
]
const one = (id) => document.getElementById(id)
let asked = 0
let helped = 0

function askAgain() {
  asked = (asked + 1) % questions.length
  one('question').textContent = questions[asked]
}

one('unstuck').addEventListener('click', () => {
  helped++
  one('thanks').textContent = helped === 1 ? "Glad to hear it. Here's another." : `That makes ${helped}.`
  askAgain()
  // Events are sent within two seconds anyway. Flushing moves the dashboard beside this page at once.
  nsm.flush()
})

one('no').addEventListener('click', () => {
  one('thanks').textContent = "Thanks for telling us. Here's another:"
  askAgain()
})

one('account').addEventListener('click', ({ currentTarget: account }) => {
  const out = account.textContent === 'Log out'
  if (out) nsm.reset()
  else nsm.identify('ada@tidepool.example', { plan: 'free' })
  account.textContent = out ? 'Log in' : 'Log out'
})
