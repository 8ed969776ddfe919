"""The tests that `make test` leaves to `make test-all`, and why.

Each costs seconds of processor or minutes, and another test shows the same feature in less. A row is how the names of
tests begin; every row has to fit a test.
"""

from __future__ import annotations

SLOW = {
    # Every point and moment of a kill; test_interrupted.py has a kill of each kind.
    "tests/cli/test_kills.py::": "kill -9 at nine points and six moments of a batch",
    "tests/cli/test_import_killed.py::test_killed_at_any_point": "an import that is killed at eight moments",
    "tests/intake/test_killing.py::": "imports of 120 pages that are killed three times",
    "tests/cli/test_interrupted.py::test_a_full_disk_loses_no_answer": "a disk of sixteen sizes",
    "tests/review/test_many_editors.py::test_kill_9": "a process that is killed three times while it saves",
    "tests/review/test_many_editors.py::test_editors_on_postgresql": "a server, and editors in two processes",
    "tests/review/test_many_editors.py::test_editors_in_two": "editors in two processes, for seconds",
    "tests/cli/test_rules_learn.py::": "four drafts, three of them edited by commands",
    "tests/cli/test_desk.py::test_a_record_holds": "a whole sign-off by commands; see the other tests of the file",
    # Other programs: the servers of tests/wire/ speak the same formats.
    "tests/wire/test_llmock.py::": "a server of another make",
    "tests/wire/test_llmock_chaos.py::": "a server of another make that fails by chance",
    "tests/wire/test_llama.py::": "a server of another make with a model",
    "tests/wire/test_repair.py::": "a server of another make, a repair for each kind of fault",
    "tests/wire/test_provider_batch.py::test_a_batch_endpoint_that_fails": "six batches that fail, each gone on with",
    "tests/wire/test_provider_batch.py::test_a_killed_wait_goes_on_and_submits_nothing_twice[anthropic": "see openai",
    "tests/wire/test_faults.py::test_a_draft_goes_on_when_what_was_wrong_is_mended[anthropic": "see openai",
    "tests/wire/test_faults.py::test_a_draft_goes_on_when_what_was_wrong_is_mended[local": "see openai",
    "tests/wire/test_faults.py::test_a_batch_goes_on_with_resume[anthropic": "see openai",
    "tests/wire/test_faults.py::test_a_batch_goes_on_with_resume[local": "see openai",
    "tests/wire/test_odd_answers.py::test_each_oddity": "sixty drafts",
    "tests/cli/test_worker.py::test_what_a_killed_worker": "a worker counts as dead after 20 seconds",
    "tests/cli/test_worker.py::test_a_providers_limit": "four workers",
    "tests/cli/test_store_commands.py::test_a_killed_batch_on_a_server": "three batches",
    "tests/publish/test_wordpress.py::": "a real WordPress with a database",
    # Packages that are built and installed, and commands that start without the modules of the tests' own process.
    "tests/plugins/test_examples.py::": "three packages are built, installed and used",
    "tests/plugins/test_broken.py::test_a_provider_that_fails_is_an_error_in_a_sentence[it": "commands from the start",
    "tests/plugins/test_broken.py::test_a_rule_that_fails_is_a_warning_and_the_others_are_checked[it": "the same",
    "tests/plugins/test_broken.py::test_a_batch_of_checks_with_several_processes": "commands from the start",
    "tests/plugins/test_broken.py::test_a_batch_with_another_process": "commands from the start",
    "tests/cli/test_read_only.py::test_a_store_that_can_only_be_read_is_read[both": "commands from the start",
    "tests/cli/test_money_page.py::": "every command on the page; tests/cli/test_money.py has what they do",
    "tests/cli/test_stopping.py::test_a_stopped_batch_goes_on_later[15": "see SIGINT",
    "tests/intake/test_importing.py::test_a_feed_of_ten_thousand": "an import of ten thousand",
    "tests/intake/test_importing.py::test_a_stopped_import_keeps_what_was_fetched[15": "see SIGINT",
    "tests/intake/test_wordpress.py::test_a_large_export_streams": "an export of megabytes",
    "tests/cli/test_store_commands.py::test_a_batch_waits_while": "a server that is away for seconds",
    "tests/wire/test_failure_table.py::test_row_29_a_draft_that_is_stopped_keeps_its_call_as_unknown[15": "see SIGINT",
    # Rounds over many parameters, of which the quick tests have a few.
    "tests/archive/test_tune.py::test_it_learns_what_the_editors_do": "learning from an archive of hundreds",
    "tests/archive/test_tune.py::test_meaning_that_misleads": "learning from an archive of hundreds",
    "tests/cli/test_caps.py::test_twenty_at_once_with_repairs_stay_below_the_cap[0.4": "a batch for each limit",
    "tests/cli/test_caps.py::test_twenty_at_once_with_repairs_stay_below_the_cap[0.6": "a batch for each limit",
    "tests/cli/test_check_batch.py::test_several_processes_print_what_one_does[175": "hundreds of takes",
    "tests/cli/test_check_batch.py::test_several_processes_print_what_one_does[None-more2": "hundreds of takes",
    "tests/cli/test_check_batch.py::test_takes_of_a_process_that_was_killed": "hundreds of takes",
    "tests/cli/test_main_job.py::test_the_baseline_writes_a_sound_take_on_every_example[2": "each of the examples",
    "tests/cli/test_main_job.py::test_the_baseline_writes_a_sound_take_on_every_example[3": "each of the examples",
    "tests/cli/test_main_job.py::test_the_baseline_writes_a_sound_take_on_every_example[4": "each of the examples",
    "tests/cli/test_main_job.py::test_the_baseline_writes_a_sound_take_on_every_example[5": "each of the examples",
    "tests/cli/test_main_job.py::test_the_baseline_writes_a_sound_take_on_every_example[6": "each of the examples",
    # A server and a real browser each; tests/review/ has what the session does, test_security.py the server's part.
    "tests/evals/test_page.py::": "a real browser",
    "tests/web/test_draft.py::": "a real browser",
    "tests/web/test_attacks.py::test_no_vector": "150 vectors in a real browser",
    "tests/web/test_loop.py::": "a real browser",
    "tests/web/test_focus.py::": "a real browser",
    "tests/web/test_new.py::": "a real browser, and a server of another make",
    "tests/web/test_rewrite.py::": "a real browser, and a server of another make",
    "tests/web/test_publish.py::": "a real browser",
    "tests/web/test_proposals.py::": "a real browser",
    "tests/web/test_accessible.py::": "a real browser, fifteen screens in five modes",
    "tests/web/test_accounts.py::test_who_logs_in": "a server, and passwords that are slow to check on purpose",
    "tests/web/test_accounts.py::test_wrong": "a server, and passwords that are slow to check on purpose",
}
