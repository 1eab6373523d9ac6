// The flags of the commands that ask and tell, and those that they share with tune.
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace autoglm {

struct AskOptions;
struct EnqueueOptions;
struct StdioOptions;
struct StudyOptions;
struct TellOptions;

/// Where the study is kept, and how it is computed.
void add_storage_options(CLI::App& app, StudyOptions& options);
/// How a study that is there is begun or gone on with.
void add_beginning_options(CLI::App& app, StudyOptions& options);

void add_ask(CLI::App& app, AskOptions& options);
void add_enqueue(CLI::App& app, EnqueueOptions& options);
void add_stdio(CLI::App& app, StdioOptions& options);
void add_tell(CLI::App& app, TellOptions& options);

}  // namespace autoglm
