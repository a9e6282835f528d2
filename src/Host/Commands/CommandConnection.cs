using System.Threading.Channels;
using Akka.Actor;
using Akka.Event;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Commands;

/// <summary>A node's side of one connection: greeting, proof, one command, its responses.</summary>
internal sealed class CommandConnection(
    ActorSystem system, Props palettes, SharedSecret? secret, CommandLimits limits, ILoggingAdapter log, string client, FrameStream frames)
{
    // A client that stops reading is given up once this many responses wait for it.
    private const int WaitingResponses = 1024;

    // A response is sent in pieces of so many characters: in JSON, each takes 6 bytes at most.
    private const int LongestPiece = 8_000;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Serves the connection to its end.</summary>
    /// <param name="welcome">Whether there is room for it.</param>
    /// <param name="deadline">Ends the wait for the command.</param>
    /// <param name="stopping">Ends the command: the node ends.</param>
    public async Task ServeAsync(bool welcome, CancellationTokenSource deadline, CancellationToken stopping)
    {
        var challenge = secret is null ? null : SharedSecret.NewChallenge();
        var refusal = welcome ? null : "too many connections; try again later";
        await frames.WriteAsync(new Greeting(ProgramVersion.Text, Greeting.CurrentVersion, challenge, refusal), CommandJson.Default.Greeting, deadline.Token);
        if (refusal is not null)
        {
            log.Warning("{0}: turned away: {1}", client, refusal);
            return;
        }

        var request = await RequestAsync(deadline.Token);
        if (request is null)
        {
            return;
        }

        if (secret?.Accepts(challenge!, request.Proof) == false)
        {
            log.Warning("{0}: wrong secret", client);
            await Task.Delay(limits.WrongSecret, stopping);
            await WriteAsync(new PaletteResponse("the secret is wrong", IsError: true), deadline.Token);
            return;
        }

        // From here on there is no hurry: a command may take as long as it takes.
        deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        log.Info("{0}: {1}", client, Described(request.Command));
        await AnswerAsync(request.Command, stopping);
    }

    private async Task<CommandRequest?> RequestAsync(CancellationToken cancellation)
    {
        try
        {
            return await frames.ReadAsync(CommandJson.Default.CommandRequest, cancellation);
        }
        catch (EndOfStreamException)
        {
            log.Debug("{0}: left without a command", client);
            return null;
        }
        catch (InvalidDataException error)
        {
            await WriteAsync(new PaletteResponse($"expected a command, found {error.Message}", IsError: true), cancellation);
            throw;
        }
    }

    private async Task AnswerAsync(PaletteCommand command, CancellationToken stopping)
    {
        var responses = Channel.CreateBounded<PaletteResponse>(WaitingResponses);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watch = WatchAsync(gone);
        var relay = system.ActorOf(ResponseRelay.Props(palettes, command, responses.Writer));
        try
        {
            var final = false;
            await foreach (var response in responses.Reader.ReadAllAsync(gone.Token))
            {
                await WriteAsync(response, gone.Token);
                final |= response.Final;
            }

            if (!final)
            {
                await SayLastAsync();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await SayLastAsync();
        }
        catch (OperationCanceledException)
        {
            log.Debug("{0}: left before its command was done", client);
        }
        finally
        {
            system.Stop(relay);
            await gone.CancelAsync();
            await watch;
        }
    }

    private async Task SayLastAsync()
    {
        using var patience = new CancellationTokenSource(LastWords);
        await WriteAsync(new PaletteResponse("the node ends", IsError: true), patience.Token);
    }

    /// <summary>Ends a command whose client has left, or says more than it should.</summary>
    private async Task WatchAsync(CancellationTokenSource gone)
    {
        try
        {
            if (!await frames.ClosesAsync(gone.Token))
            {
                log.Warning("{0}: refused: more than one command", client);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It has left in another way, or the command is done.
        }

        await gone.CancelAsync();
    }

    private async Task WriteAsync(PaletteResponse response, CancellationToken cancellation)
    {
        var pieces = Pieces(response.Text).ToList();
        foreach (var piece in pieces.SkipLast(1))
        {
            await frames.WriteAsync(new PaletteResponse(piece, Final: false), CommandJson.Default.PaletteResponse, cancellation);
        }

        await frames.WriteAsync(response with { Text = pieces[^1] }, CommandJson.Default.PaletteResponse, cancellation);
    }

    /// <summary>A long text in pieces of whole lines, as far as lines are short enough.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        while (text.Length > LongestPiece)
        {
            var end = text.LastIndexOf('\n', LongestPiece);
            if (end <= 0)
            {
                end = char.IsHighSurrogate(text[LongestPiece - 1]) ? LongestPiece - 1 : LongestPiece;
                yield return text[..end];
                text = text[end..];
            }
            else
            {
                yield return text[..end];
                text = text[(end + 1)..];
            }
        }

        yield return text;
    }

    /// <summary>A command for the log: one that has no palette's form is not repeated there.</summary>
    private static string Described(PaletteCommand command)
    {
        try
        {
            PaletteCatalog.Grammar.Check(command);
            return string.Join(' ', [command.Palette, command.Command, .. command.Arguments.Select(argument => $"{argument.Name}={CommandWords.Quote(argument.Value)}")]);
        }
        catch (InputException refusal)
        {
            return $"refused: {refusal.Message}";
        }
    }
}
