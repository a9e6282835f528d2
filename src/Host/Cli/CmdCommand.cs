using System.CommandLine;
using SpikeTrail.Host.Cli.Prompt;
using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail cmd</c>: commands for a node, one at once, from a prompt, or from standard input.</summary>
internal static class CmdCommand
{
    private const string Name = "cmd";

    // What stands between this command's own options and the node's command, whose switches are none of them.
    private const string EndOfOptions = "--";

    private static readonly Option<string?> SecretFile = new("--secret-file") { Description = "A file with the secret that the node asks for.", HelpName = "FILE" };

    private static readonly Option<bool> Tls = new("--tls") { Description = "Speak TLS." };

    private static readonly Option<string?> Authority = new("--ca") { Description = "Trust the node's certificate if one of these signed it; PEM. Implies --tls.", HelpName = "FILE" };

    private static readonly Option<string?> Certificate = new("--certificate")
    {
        Description = "Your certificate with its key, PKCS#12 or PEM, for a node that asks for one. Implies --tls.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> PasswordFile = new("--password-file") { Description = "A file with that certificate's password.", HelpName = "FILE" };

    public static Command Create()
    {
        var words = new Argument<string[]>("[HOST:PORT] PALETTE COMMAND")
        {
            Description = $"Where the node is ({CommandAddress.Default} by default) and what it is to do; `help` lists what there is. Without a command: a prompt.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(Name, "Give a command to a running node, such as: campaign start demo.") { words, SecretFile, Tls, Authority, Certificate, PasswordFile };
        command.SetAction(async parsed =>
        {
            var given = parsed.GetValue(words) ?? [];
            var address = given is [var first, ..] && CommandAddress.IsMeant(first) ? CommandAddress.Parse(first) : null;
            return await RunAsync(address ?? CommandAddress.Default, Security(parsed), address is null ? given : given[1..]);
        });
        return command;
    }

    /// <summary>
    /// Marks where the node's command begins in <c>spiketrail cmd [option …] [HOST:PORT] PALETTE COMMAND -switch …</c>: its switches
    /// are not this program's options.
    /// </summary>
    public static string[] MarkNodesCommand(string[] arguments)
    {
        if (arguments is not [Name, ..])
        {
            return arguments;
        }

        var valued = new Option[] { SecretFile, Authority, Certificate, PasswordFile };
        var begin = 1;
        while (begin < arguments.Length && (arguments[begin].StartsWith('-') || CommandAddress.IsMeant(arguments[begin])))
        {
            begin += valued.Any(option => option.Name == arguments[begin]) ? 2 : 1;
        }

        return begin >= arguments.Length ? arguments : [.. arguments[..begin], EndOfOptions, .. arguments[begin..]];
    }

    private static async Task<int> RunAsync(CommandAddress address, ClientSecurity security, string[] words)
    {
        var session = new CommandSession(new CommandClient(address, security), UnixOutput.Open(), Console.Error);
        return words.Length > 0 ? await session.RunInterruptiblyAsync(words)
            : Console.IsInputRedirected ? await session.RunAllAsync(Console.In)
            : await new CommandPrompt(session, address).RunAsync();
    }

    private static ClientSecurity Security(ParseResult parsed)
    {
        var (authority, certificate, password) = (parsed.GetValue(Authority), parsed.GetValue(Certificate), parsed.GetValue(PasswordFile));
        if (password is not null && certificate is null)
        {
            throw new InputException($"{PasswordFile.Name}: expected {Certificate.Name} with it");
        }

        return new ClientSecurity
        {
            Secret = parsed.GetValue(SecretFile) is { } file ? SharedSecret.Read(file) : null,
            Tls = parsed.GetValue(Tls) || authority is not null || certificate is not null,
            Authorities = authority is null ? null : Certificates.ReadAuthorities(authority),
            Certificate = certificate is null ? null : Certificates.ReadWithKey(certificate, password),
        };
    }
}
