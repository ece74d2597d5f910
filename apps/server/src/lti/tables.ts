/** Learning management systems that may launch lessons here. */
interface LtiPlatformsTable {
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  /** JSON array of deployment ids. */
  deployments: string;
  auth_url: string;
  token_url: string;
  keys_url: string;
  created_at: string;
}

/** Who of a platform is which learner here; no name. */
interface LtiPeopleTable {
  platform_id: string;
  /** The platform's id of the person (`sub`). */
  subject: string;
  learner_id: string;
}

/** One cell of a platform's grade book: what it should say, and what it was told. */
interface LtiScoresTable {
  platform_id: string;
  /** URL of the line item. */
  line_item: string;
  learner_id: string;
  lab_id: string;
  subject: string;
  /** Points to tell, and out of how many; null before there is anything to tell. */
  given: number | null;
  maximum: number | null;
  /** `waiting`: to be told; `sent`: nothing to do; `refused`: the platform said no for good. */
  state: string;
  /** In vain, since it was to be told. */
  tries: number;
  /** Of the newest score that was sent or tried; the next one's is later, whatever the clock says. */
  last_timestamp: string | null;
  /** What went wrong last: a status or an error's code. */
  trouble: string | null;
}

export interface LtiTables {
  lti_platforms: LtiPlatformsTable;
  lti_people: LtiPeopleTable;
  lti_scores: LtiScoresTable;
}
