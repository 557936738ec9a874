import posthog from 'posthog-js'
export const init = (endpoint) =>
  posthog.init('phc_bench', {
    api_host: endpoint,
    autocapture: false,
    capture_pageview: false,
    capture_pageleave: false,
    disable_session_recording: true,
    disable_surveys: true,
    advanced_disable_flags: true,
    disable_external_dependency_loading: true,
    opt_out_useragent_filter: true,
    rate_limiting: { events_per_second: 1_000, events_burst_limit: 1_000 },
  })
export const track = (name, properties) => posthog.capture(name, properties)
